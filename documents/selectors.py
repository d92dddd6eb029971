"""Reads. Every one takes the viewer and shows nothing that is not theirs to see."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet

from controltower.errors import NotFound
from controltower.jobs.models import Job, JobState
from controltower.tenancy.permissions import Verb
from controltower.tenancy.viewer import Viewer, require
from documents.fields import LABELS, sort_key
from documents.models import Document, DocumentKind, DocumentState, ExtractedField, Page, ReadState
from documents.scopes import scopes_of

PAGE_SIZE = 50


def documents_visible(viewer: Viewer) -> QuerySet[Document]:
    """All documents of the organisation; for restricted members those of their scopes only."""
    require(viewer, Verb.VIEW)
    found = Document.objects.all()
    if viewer.member.restricted:
        found = found.filter(scope_id__in=scopes_of(viewer)).exclude(scope_id="")
    return found


def document_get(viewer: Viewer, document_id: int) -> Document:
    document = documents_visible(viewer).select_related("uploaded_by").filter(pk=document_id).first()
    if document is None:
        raise NotFound("There is no such document.")
    return document


def documents_by_id(viewer: Viewer, ids: Iterable[int]) -> dict[int, Document]:
    """Those of the documents that the viewer may see, with the number of fields that wait for a decision."""
    waiting = Count("fields", filter=Q(fields__decided_by__isnull=True) & ~Q(fields__state="absent"))
    return {d.pk: d for d in documents_visible(viewer).filter(pk__in=set(ids)).annotate(waiting=waiting)}


@dataclass(frozen=True)
class DocumentPage:
    documents: Sequence[Document]
    next_before: int | None
    state: str


def documents_list(viewer: Viewer, *, state: str = "", before: int | None = None) -> DocumentPage:
    """Newest first, a page at a time; `before` is the id after which the page begins."""
    waiting = Count("fields", filter=Q(fields__decided_by__isnull=True) & ~Q(fields__state="absent"))
    found = documents_visible(viewer).annotate(waiting=waiting).order_by("-id")
    chosen = state if state in DocumentState.values else ""
    if chosen:
        found = found.filter(state=chosen)
    if before:
        found = found.filter(pk__lt=before)
    rows = list(found[: PAGE_SIZE + 1])
    more = rows[PAGE_SIZE - 1].pk if len(rows) > PAGE_SIZE else None
    return DocumentPage(rows[:PAGE_SIZE], more, chosen)


def page_get(viewer: Viewer, document_id: int, number: int) -> Page:
    document = document_get(viewer, document_id)
    found = Page.objects.filter(document=document, number=number).first()
    if found is None:
        raise NotFound("The document has no such page.")
    return found


@dataclass(frozen=True)
class Mark:
    """A rectangle over the page picture, in page points."""

    field: ExtractedField
    label: str
    x: float
    y: float
    width: float
    height: float
    is_first: bool


@dataclass(frozen=True)
class Row:
    """A field as the review page shows it: what it is called, where it stands, and whether it waits."""

    field: ExtractedField
    label: str
    value: str
    reads_as: str
    quote: str
    page: int
    is_here: bool
    is_open: bool


@dataclass(frozen=True)
class Review:
    """Everything on the review page of one page of a document."""

    document: Document
    page: Page | None
    numbers: Sequence[int]
    rows: Sequence[Row]
    marks: Sequence[Mark]
    hidden: Sequence[dict[str, float]] = field(default_factory=tuple)
    is_stalled: bool = False

    @property
    def open_rows(self) -> list[Row]:
        return [row for row in self.rows if row.is_open]

    @property
    def absent_rows(self) -> list[Row]:
        return [row for row in self.rows if not row.is_open and row.field.state == "absent"]

    @property
    def decided_rows(self) -> list[Row]:
        return [row for row in self.rows if not row.is_open and row.field.state != "absent"]

    @property
    def acceptable(self) -> list[ExtractedField]:
        return [row.field for row in self.open_rows if row.field.state in ("verified", "supported")]


def review(viewer: Viewer, document_id: int, *, number: int = 1) -> Review:
    """The review page: fields that fail or conflict first, then those that wait, then the rest."""
    document = document_get(viewer, document_id)
    numbers = list(Page.objects.filter(document=document).order_by("number").values_list("number", flat=True))
    shown = number if number in numbers else (numbers[0] if numbers else 0)
    page = Page.objects.filter(document=document, number=shown).first() if shown else None
    fields = list(ExtractedField.objects.filter(document=document).select_related("decided_by__user"))
    rows = [_row(found, shown) for found in sorted(fields, key=sort_key)]
    marks = [mark for row in rows if row.is_here for mark in _marks(row)]
    return Review(document, page, numbers, rows, marks, tuple(_hidden(page)), _is_stalled(document))


def _is_stalled(document: Document) -> bool:
    """Whether the document waits to be read and no job is left that would: it is dead, and a person has to look."""
    if document.state not in (DocumentState.RECEIVED, DocumentState.READING):
        return False
    jobs = Job.objects.filter(kind="documents.read", dedupe_key=f"document:{document.pk}")
    return not jobs.filter(state__in=[JobState.WAITING, JobState.RUNNING]).exists()


def _row(found: ExtractedField, shown: int) -> Row:
    page = int(found.evidence["page"]) if found.evidence else 0
    quote = str(found.evidence["quote"]) if found.evidence else ""
    is_kind = found.key == "document_kind" and found.normalised in DocumentKind.values
    value = str(DocumentKind(found.normalised).label) if is_kind else found.value
    return Row(
        field=found,
        label=LABELS.get(found.key, found.key.replace("_", " ")),
        value=value,
        reads_as="" if is_kind or found.normalised in ("", value) else found.normalised.replace("_", " "),
        # What the page says, where it is not word for word the value.
        quote="" if _plain(quote) == _plain(value) else quote,
        page=page,
        is_here=page == shown,
        is_open=not found.is_decided and found.state != ReadState.ABSENT,
    )


def _plain(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


def _marks(row: Row) -> list[Mark]:
    found = row.field
    boxes = found.evidence["boxes"] if found.evidence else []
    return [
        Mark(found, row.label, x0 - 1.5, y0 - 1, x1 - x0 + 3, y1 - y0 + 2, index == 0)
        for index, (x0, y0, x1, y1) in enumerate(boxes)
    ]


def _hidden(page: Page | None) -> list[dict[str, float]]:
    """Where text hides that a person does not see, as far as it lies on the page."""
    words: list[list[Any]] = page.text.get("words", []) if page else []
    return [
        {"x": word[1], "y": word[2], "width": word[3] - word[1], "height": word[4] - word[2]}
        for word in words
        if word[6] not in ("visible", "off_page") and word[3] > word[1] and word[4] > word[2]
    ][:200]
