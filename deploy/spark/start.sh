#!/bin/sh
# The detectors over a plain lake on Spark, here or on a cluster (docs/operate/spark.md):
#   deploy/spark/start.sh LAKE OUT.parquet [DETECTOR ...]
# CHENGXIN_SPARK_MASTER=spark://host:7077 names a cluster; then LAKE and TMPDIR must be seen by every machine.
set -eu
[ $# -ge 2 ] || { echo "usage: $0 LAKE OUT.parquet [DETECTOR ...]" >&2; exit 2; }
lake=$1 out=$2
shift 2
command -v java >/dev/null || { echo "Java 17 or later is needed (Debian: openjdk-17-jre-headless)" >&2; exit 1; }
export CHENGXIN_LAKE_ENGINE=spark
exec chengxin detect "$@" --lake "$lake" --engine spark --out "$out"
