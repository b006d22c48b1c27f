"""Work that more than one request or worker may take up: of two who try, one does it."""

from django.db import models


class Claimed(models.Model):
    """A row whose status says what is to be done with it, or what became of it."""

    class Meta:
        abstract = True

    def claim(self, before, status, **values):
        """Turn the status where it is one of `before`; False where somebody else was first. Of two clicks one acts."""
        rows = type(self)._base_manager.filter(pk=self.pk, status__in=before)
        if not rows.update(status=status, **values):
            return False
        for name, value in {"status": status, **values}.items():
            setattr(self, name, value)
        return True
