from django.db import migrations

from chengxin.subjects import search_index


class Migration(migrations.Migration):
    dependencies = [
        ("subjects", "0004_what_is_searched"),
    ]

    operations = [
        migrations.RunPython(search_index.create_latin, search_index.drop_latin),
    ]
