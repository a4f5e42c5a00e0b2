"""The reading notebook of the whole audit, ``notebooks/claims.ipynb``: made from ``claims.toml``, never written by hand."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from course.content.reading import Finding, Source
from course.content.syllabus import find_module
from course.evidence.audit import claim_markdown, in_page
from course.evidence.claims import Claim, claims

from .notebooks import Cell, Notebook, as_json, code, empty_notebook, markdown
from .tidy import tidied

NAME = "claims"

_TITLE = """\
# The audit: every claim, one by one

**What this is.** The course grew out of an essay on why medication and psychotherapy belong together. Here is every claim of that \
essay, set beside what has been published. For each claim you can read what the evidence shows, in whom, compared with what, and when; \
how sure that is, and why; where the claim fails; and a sentence that a careful pharmacologist and a careful psychotherapist could both sign.

**How to read it.** Nobody reads it in one go. Look a claim up when you meet it. Every number is a link to its source, at the end of the page.

**How long.** About three minutes a claim. **At hand.** Nothing.

**Please note.** The ratings are the course's own. They use the words of GRADE (a common way to say how far evidence can be trusted), \
and they are not the work of a GRADE panel. Most numbers were read in abstracts and summaries, seldom in full papers. The audit awaits \
clinical review. It is education, not medical advice.

**Need help?** Suicide and trauma come up on this page. In the US, call or text 988, at any hour. \
`crisis_help()` in any lesson shows how to set the line of another country."""

_MAP = """\
## The map

Run the cell below. Each line is a claim. The column says how sure the answer is; the shape says what the answer is. A claim can fail with \
high certainty, and a claim can look true with very little behind it."""


def claims_notebook() -> Notebook:
    """The notebook as the content has it now."""
    cells = [
        markdown("claims-title", _TITLE),
        code("claims-imports", "from course import audit"),
        markdown("claims-map", _MAP),
        code("claims-map-figure", "audit()"),
        *_claim_cells(),
        markdown("claims-sources", "## Sources"),
    ]
    return tidied(empty_notebook(cells), solution=False)


def _claim_cells() -> Iterator[Cell]:
    for group, found in groupby(claims().values(), key=lambda claim: claim.group):
        found = list(found)
        yield markdown(f"claims-{found[0].key[0].lower()}", f"## {found[0].key[0]}. {group}")
        for claim in found:
            yield markdown(f"claims-{claim.key.lower()}", f"### {claim.key}. {claim.label}\n\n{claim_markdown(claim, in_page)}\n\n{_lessons(claim)}".strip())


def _lessons(claim: Claim) -> str:
    """Where the claim is taught: linked where the lesson is there, named where it is planned."""
    taught = [find_module(slug) for slug in claim.lessons]
    names = [f"[{module.title}]({module.slug}.ipynb)" if module.ready else f"{module.title} (planned)" for module in taught]
    return f"**Taught in:** {', '.join(names)}" if names else ""


def refresh(root: Path) -> list[Path]:
    """Write the notebook where it is older than the content; gives it if it changed."""
    path = root / "notebooks" / f"{NAME}.ipynb"
    made = as_json(claims_notebook())
    if path.exists() and path.read_text(encoding="utf-8") == made:
        return []
    path.write_text(made, encoding="utf-8", newline="\n")
    return [path]


def findings(path: Path) -> list[Finding]:
    """One finding where the notebook is not what the content would make."""
    if path.exists() and path.read_text(encoding="utf-8") == as_json(claims_notebook()):
        return []
    return [Source(None, path).finding("file", "it is older than the claims", "run: course tidy")]
