"""Special campaigns with tasks and clues handed over; typical cases; activities; streamers and completed courses; the steps of all."""

from chengxin.audit import protection, rows
from chengxin.campaigns.models.campaigns import Campaign, CampaignTask, Handover
from chengxin.campaigns.models.culture import Activity, Completion, Revocation, Streamer
from chengxin.campaigns.models.steps import CampaignStep
from chengxin.campaigns.models.stories import Story

__all__ = ["Activity", "Campaign", "CampaignStep", "CampaignTask", "Completion", "Handover", "Revocation", "Story", "Streamer"]

WRITTEN_ONCE = (CampaignStep, Completion, Revocation)
KEPT = {one._meta.db_table: '"id"' for one in WRITTEN_ONCE}
rows.bind(*WRITTEN_ONCE)
protection.keep(**KEPT)
