"""What the host keeps itself."""

from django.core.exceptions import ValidationError
from django.db import models


class CaseNote(models.Model):
    """What was said when a case was taken on."""

    id = models.BigAutoField(primary_key=True)
    participant = models.CharField(max_length=128)
    text = models.TextField()
    request = models.CharField(max_length=128, unique=True)

    def save(self, *args, **kwargs):  # noqa: ANN002, ANN003, ANN201
        """Saves a note that says something."""
        if not self.text.strip():
            raise ValidationError({"text": "A case note says something."})
        super().save(*args, **kwargs)

    def __str__(self) -> str:
        return f"case note {self.pk}"
