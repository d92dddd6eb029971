"""What people post about a proposal: a decision, or their own version of it."""

from __future__ import annotations

from typing import Any

from django import forms

from agents.policy.kinds import ProposalKind
from agents.proposals.handlers.classification import LABELS, ROWS
from agents.proposals.models import Proposal, RejectReason
from exceptions.cases.taxonomy import REASON_CHOICES, TYPE_CHOICES, Excusable, Party, Severity
from exceptions.notices.drafts import Draft, SentenceRole
from exceptions.notices.phrases.templates import draft_of_lines, sentence_lines

APPROVE = "approve"
BLANK_LINES = 2


class DecisionForm(forms.Form):
    """One choice and one button, whichever way it goes; nothing is chosen beforehand."""

    choice = forms.ChoiceField(
        label="Your decision",
        choices=[(APPROVE, "Approve"), *((code, f"Reject: {label.lower()}") for code, label in RejectReason.choices)],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one before you press the button."},
    )
    text = forms.CharField(
        label="In your words", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    digest = forms.CharField(max_length=64, widget=forms.HiddenInput)


class EditForm(forms.Form):
    """A person's version of a payload; `payload` after `is_valid`."""

    digest = forms.CharField(max_length=64, widget=forms.HiddenInput)
    override = forms.CharField(
        required=False,
        max_length=300,
        label="Why it should go although the checker has something against it",
        help_text="Only if you want it as it is. Your name is recorded, and somebody else has to approve it.",
    )

    def __init__(self, proposal: Proposal, data: Any = None) -> None:
        super().__init__(data)
        self.proposal = proposal
        self.payload: dict[str, Any] = {}
        self.fields["digest"].initial = proposal.digest


class ClassificationEditForm(EditForm):
    def __init__(self, proposal: Proposal, data: Any = None) -> None:
        super().__init__(proposal, data)
        choices = {
            "type": TYPE_CHOICES,
            "reason": REASON_CHOICES,
            "responsible_party": Party.choices,
            "excusable": Excusable.choices,
            "severity": Severity.choices,
        }
        for name in ROWS:
            self.fields[name] = forms.ChoiceField(
                label=LABELS[name], choices=choices[name], initial=proposal.payload[name]
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.payload = {name: cleaned.get(name, "") for name in ROWS}
        return cleaned


class NoticeEditForm(EditForm):
    """Sentences as lines, facts as {key}; an emptied line is left out, and there is room for a few more."""

    def __init__(self, proposal: Proposal, data: Any = None) -> None:
        super().__init__(proposal, data)
        draft = Draft.from_json(proposal.payload["draft"])
        lines = [*sentence_lines(draft), *[(SentenceRole.STATUS.value, "")] * BLANK_LINES]
        roles = [(role.value, role.value.replace("_", " ").capitalize()) for role in SentenceRole]
        self.pairs: list[tuple[str, str]] = []
        for number, (role, line) in enumerate(lines, 1):
            names = (f"role_{number}", f"line_{number}")
            self.fields[names[0]] = forms.ChoiceField(label=f"Kind of sentence {number}", choices=roles, initial=role)
            self.fields[names[1]] = forms.CharField(
                label=f"Sentence {number}",
                initial=line,
                required=False,
                max_length=800,
                widget=forms.Textarea(attrs={"rows": 2}),
            )
            self.pairs.append(names)

    @property
    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[role], self[line]) for role, line in self.pairs]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        before = Draft.from_json(self.proposal.payload["draft"])
        lines = [(cleaned.get(role, ""), cleaned.get(line, "")) for role, line in self.pairs]
        try:
            draft = draft_of_lines(before.notice_kind, before.locale, [pair for pair in lines if pair[0]])
        except ValueError as error:
            raise forms.ValidationError(_first_sentence(error)) from None
        self.payload = {**self.proposal.payload, "draft": draft.to_json()}
        return cleaned


class FieldsEditForm(EditForm):
    """Which of the fields to accept; the others wait in the document's review."""

    def __init__(self, proposal: Proposal, data: Any = None) -> None:
        super().__init__(proposal, data)
        rows = zip(proposal.payload["fields"], proposal.rendered["rows"], strict=True)
        choices = [(str(pk), f"{row[0]}: {row[1]}") for pk, row in rows]
        self.fields["fields"] = forms.MultipleChoiceField(
            label="Accept these",
            choices=choices,
            initial=[value for value, _ in choices],
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": "Leave at least one, or reject the proposal."},
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen = {int(value) for value in cleaned.get("fields", [])}
        keep = [pk for pk in self.proposal.payload["fields"] if pk in chosen]
        self.payload = {**self.proposal.payload, "fields": keep}
        return cleaned


_EDIT_FORMS: dict[str, type[EditForm]] = {
    ProposalKind.SET_CLASSIFICATION: ClassificationEditForm,
    ProposalKind.SEND_NOTICE: NoticeEditForm,
    ProposalKind.ACCEPT_FIELDS: FieldsEditForm,
}


def edit_form(proposal: Proposal, data: Any = None) -> EditForm:
    """The form in which a person writes their own version of this proposal."""
    return _EDIT_FORMS[proposal.kind](proposal, data)


def _first_sentence(error: ValueError) -> str:
    """What went wrong, for people: our own sentence, or for a validation error the first of its messages."""
    details = getattr(error, "errors", None)
    if callable(details) and (found := details()):
        return str(found[0]["msg"]).removeprefix("Value error, ").capitalize() + "."
    return str(error)
