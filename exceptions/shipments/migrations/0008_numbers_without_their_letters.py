"""What a reference is found by when people leave out the letters in front of it. Writes the table anew, once."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("parties", "0004_parcel_signatures"),
        ("shipments", "0007_numbers_from_sequences"),
        ("tenancy", "0002_close"),
    ]

    operations = [
        migrations.AddField(
            model_name="reference",
            name="number_key",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Func(
                    models.F("value_key"), models.Value("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), function="ltrim"
                ),
                output_field=models.CharField(db_collation="C", max_length=60),
            ),
        ),
        migrations.AddIndex(
            model_name="reference",
            index=models.Index(fields=["organisation", "number_key"], name="reference_search_number"),
        ),
    ]
