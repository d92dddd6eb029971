"""How the screens look and listen for one person. Kept on the user: an eye or a hand is the same in every organisation."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from controltower.tenancy.guards import member
from controltower.tenancy.http import MemberRequest
from controltower.tenancy.models import User
from controltower.web.render import page
from controltower.web.toast import toast


class PreferencesForm(forms.ModelForm):
    """Every field on its own is acceptable: the member menu posts the theme alone."""

    class Meta:
        model = User
        fields = ["theme", "density", "single_keys"]
        widgets = {"theme": forms.RadioSelect, "density": forms.RadioSelect}
        labels = {"single_keys": "Single-letter shortcuts"}
        help_texts = {"single_keys": "Off: only combinations such as Ctrl K act. They never act while you type."}

    def __init__(self, data: Any = None, *, instance: User) -> None:
        super().__init__(data, instance=instance)
        for name in ("theme", "density"):
            if data is not None and name not in data:
                del self.fields[name]
        if data is not None and "single_keys" not in data and "whole" not in data:
            del self.fields["single_keys"]  # an unticked box posts nothing; `whole` says that the box was shown


@member
@require_http_methods(["GET", "POST"])
def preferences(request: MemberRequest) -> HttpResponse:
    user = request.viewer.user
    assert user is not None, "a session belongs to a person"
    form = PreferencesForm(request.POST if request.method == "POST" else None, instance=user)
    if request.method == "POST" and form.is_valid():
        user.save(update_fields=list(form.fields))
        toast(request, "Saved")
        return redirect(_back(request))
    status = 422 if form.errors else 200
    return page(request, "tenancy/preferences.html", {"form": form}, status=status)


def _back(request: MemberRequest) -> str:
    """To where the form stood, which the browser says: a path of ours and nothing else."""
    wanted = request.POST.get("next", "")
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return wanted
    return reverse("tenancy:preferences")
