import django.db.models.deletion
from django.db import migrations, models

import chengxin.kernel.ids


class Migration(migrations.Migration):
    dependencies = [
        ("subjects", "0002_joining"),
    ]

    operations = [
        migrations.CreateModel(
            name="NameChange",
            fields=[
                ("id", models.UUIDField(default=chengxin.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                (
                    "subject",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="subjects.subject"
                    ),
                ),
            ],
        ),
    ]
