"""The first tables."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Makes the table of case notes; the log makes its own two."""

    initial = True
    dependencies = ()
    operations = (
        migrations.CreateModel(
            name="CaseNote",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("participant", models.CharField(max_length=128)),
                ("text", models.TextField()),
                ("request", models.CharField(max_length=128, unique=True)),
            ],
        ),
    )
