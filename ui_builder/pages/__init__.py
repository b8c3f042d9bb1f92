"""The pages: a module for each kind of thing that has an address."""

from ui_builder.pages.cards import cards
from ui_builder.pages.edits import edits
from ui_builder.pages.explaining import explaining
from ui_builder.pages.exports import exports
from ui_builder.pages.filters import filters
from ui_builder.pages.forms import forms
from ui_builder.pages.imports import imports
from ui_builder.pages.options import options
from ui_builder.pages.passwords import passwords
from ui_builder.pages.records import records
from ui_builder.pages.search import search
from ui_builder.pages.signing import signing
from ui_builder.pages.stories import stories
from ui_builder.pages.trash import trash
from ui_builder.pages.views import views

PAGES = (cards, edits, explaining, exports, filters, forms, imports, options, passwords, records, search, signing, stories, trash, views)
