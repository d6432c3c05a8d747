from hypothesis import given
from hypothesis import strategies as st

from orchestration.reporting.markup import Html, escape, join, tag


@given(st.text())
def test_no_text_can_open_a_tag_or_close_an_attribute(text):
    written = tag("p", text, title=text)
    assert written.count("<") == 2
    assert written.count('"') == 2


def test_markup_is_not_escaped_twice_and_plain_text_is():
    assert join(tag("b", "a & b"), " <i>") == "<b>a &amp; b</b> &lt;i&gt;"
    assert escape(Html("<hr>")) == "<hr>"


def test_attributes_that_are_absent_are_left_out_and_names_are_spelt_as_html_does():
    assert tag("a", "x", class_="k", data_label=None, hidden=False, open=True) == '<a class="k" open>x</a>'
    assert tag("line", x1=1.04, x2=2.0, stroke_width=3) == '<line x1="1" x2="2" stroke-width="3"></line>'
    assert tag("meta", charset="utf-8") == '<meta charset="utf-8">'


def test_control_characters_of_a_file_do_not_reach_the_page():
    assert tag("p", "Pay\x00er\x1b[31m") == "<p>Payer[31m</p>"
