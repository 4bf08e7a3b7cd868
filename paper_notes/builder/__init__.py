"""The static site: notes, statements, gallery, explorer and API reference, as pages that need no network.

``python -m paper_notes.builder`` writes ``site/``; open ``site/index.html``.  One module per kind of page.
"""
