"""Home, Glossary, the teacher's page and the projector switch, as scripts."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.config import TrainingConfig
from mnist_core.lesson.glossary import TERM_OF_SETTING, TERMS, explain_setting
from mnist_core.store import EpochRecord, Run, RunStatus
from pages.views.home.run_cards import CARDS
from tests.app.page_helpers import button, markdown, words

PROJECT = Path(__file__).resolve().parents[2]
SOMEBODY = "somebody else"


@pytest.fixture
def add_run(store, finished):
    """Put more runs into the store, beside the finished one."""

    def add_run(status: RunStatus = RunStatus.FINISHED, **settings) -> Run:
        claimed = {} if status is RunStatus.QUEUED else {"lease_seconds": 60}
        run = store.create_run(
            finished.config,
            dataset_digest=finished.dataset_digest,
            dataset_name=finished.dataset_name,
            **claimed,
            **settings,
        )
        if status.is_over:
            store.finish(run.claim, status)
        return store.get_run(run.id)

    return add_run


def links(app: AppTest) -> dict[str, tuple[str, str]]:
    """Every link on the page by its label: the page it opens, and the query."""
    return {link.value: (link.proto.page, link.proto.query_string) for link in app.get("page_link")}


def images(app: AppTest) -> list[ElementTree.Element]:
    """Every image that was drawn as HTML."""
    bodies = [element.proto.body for element in app.get("html")]
    return [ElementTree.fromstring(f"{body[:-1]}/>") for body in bodies if body.startswith("<img")]


def last_height(image: ElementTree.Element) -> float:
    """How far from the top a small curve ends, in pixels."""
    drawn = base64.b64decode(image.attrib["src"].partition(",")[2])
    [line] = ElementTree.fromstring(drawn).iter("{http://www.w3.org/2000/svg}polyline")
    return float(line.attrib["points"].split(",")[-1])


def test_home_leads_through_the_lesson_in_its_order(open_page):
    app = open_page("")
    assert [title.value for title in app.subheader][:4] == [
        "1. Look",
        "2. Build and train",
        "3. Measure",
        "4. Try",
    ]
    pages = [page for page, _ in links(app).values()]
    lesson = [page for page in pages if page in ("data", "train", "results", "draw")]
    assert lesson == ["data", "train", "results", "draw"]
    assert {"glossary", "ten_minutes_before_class"} <= set(pages)
    assert "5,000 digits, written by hand." in words(app)


def test_home_links_to_no_page_that_is_not_there(open_page):
    has_data_page = (PROJECT / "pages" / "data.py").exists()
    assert ("Look at the digits" in links(open_page(""))) is has_data_page


def test_home_without_a_run_says_what_to_do(open_page):
    app = open_page("")
    assert "No run yet: open **Build a network**, and press **Train** there." in words(app)
    assert "Last runs" not in words(app)
    assert images(app) == []


def test_a_finished_run_is_a_card_with_its_curve_in_words_and_in_numbers(open_page, finished):
    app = open_page("")
    assert "Finished · 87.5 % test" in words(app)
    assert links(app)["**16 nodes, batch 100, 2 epochs**"] == ("results", f"run={finished.id}")
    [image] = images(app)
    assert image.attrib["alt"] == "Validation accuracy rose from 80.0 % to 90.0 % in 2 epochs"
    kind, _, data = image.attrib["src"].partition(",")
    assert kind == "data:image/svg+xml;base64"
    drawn = ElementTree.fromstring(base64.b64decode(data))
    assert [node.text for node in drawn.iter("{http://www.w3.org/2000/svg}text")] == [
        "80.0 %",
        "90.0 %",
    ]


def test_the_cards_share_one_scale_and_say_so(open_page, store, finished, add_run):
    better = add_run(RunStatus.RUNNING, name="better")
    for epoch, accuracy in enumerate((0.95, 0.98)):
        record = EpochRecord(epoch, accuracy, 0.2, accuracy, 0.2, 1.0)
        store.record(better.claim, epoch=record)
    store.finish(better.claim, RunStatus.FINISHED, test_accuracy=0.98, test_loss=0.2)
    app = open_page("")
    assert "80.0 % is at the bottom, and 98.0 % at the faint line." in words(app)
    heights = [last_height(image) for image in images(app)]
    assert heights[0] < heights[1]


def test_of_many_runs_the_newest_six_are_shown_and_the_rest_is_one_link_away(open_page, add_run):
    names = [f"run number {number}" for number in range(CARDS + 3)]
    for name in names:
        add_run(name=name)
    app = open_page("")
    assert len(images(app)) == CARDS
    shown = [label.strip("*") for label in links(app) if label.startswith("**")]
    assert shown == names[-1 : -CARDS - 1 : -1]
    assert links(app)["See all runs"][0] == "runs"


def test_what_is_going_on_can_be_watched_from_home(open_page, store, add_run):
    running, queued = add_run(RunStatus.RUNNING), add_run(RunStatus.QUEUED)
    paused = add_run(RunStatus.QUEUED)
    store.request_pause(paused.id, None)
    app = open_page("")
    assert "Going on now" in words(app)
    watched = {query: label for label, (page, query) in links(app).items() if page == "train"}
    for run, state in ((running, "training"), (queued, "waiting"), (paused, "paused")):
        assert f": {state}, 0 of 2 epochs done" in watched[f"run={run.id}"]
    assert len(images(app)) == 1  # what goes on has no card yet


def test_a_failed_run_without_an_epoch_has_a_card_that_says_so(open_page, store, add_run):
    run = add_run(RunStatus.FAILED, name="broken")
    app = open_page("")
    assert links(app)["**broken**"] == ("train", f"run={run.id}")
    assert "No epoch is complete yet" in [image.attrib["alt"] for image in images(app)]


def test_home_says_which_runs_are_yours_and_shows_those_of_others(open_page, add_run):
    add_run(name="from another desk", owner=SOMEBODY)
    app = open_page("train")
    button(app, "Train").click().run()
    app.switch_page("home.py").run()
    labels = list(links(app))
    assert "**from another desk**" in labels
    [mine] = [label for label in labels if label.startswith("Watch")]
    assert mine.endswith("· yours")
    assert words(app).count("yours") == 0  # the card of somebody else's run says nothing of it


def test_a_deleted_run_is_gone_from_home(open_page, store, add_run):
    run = add_run(name="a mistake")
    store.delete_run(run.id, None)
    assert "**a mistake**" not in links(open_page(""))


def test_a_name_that_somebody_typed_is_shown_and_never_read_as_markup(open_page, add_run):
    add_run(name="![x](http://example.org/x.png) *best* :red[one]")
    [label] = [label for label in links(open_page("")) if "best" in label]
    assert (
        label == "**\\!\\[x\\]\\(http\u2060\\://example.org/x.png\\) \\*best\\* \\:red\\[one\\]**"
    )


def test_the_glossary_explains_every_term_under_an_address_of_its_own(open_page):
    app = open_page("glossary")
    assert not app.exception
    assert [title.value for title in app.title] == ["Glossary"]
    explained = {title.proto.anchor: title.value for title in app.subheader}
    assert explained == {term.anchor: term.title for term in TERMS.values()}
    text = words(app)
    assert all(term.meaning in text for term in TERMS.values())


def test_the_glossary_begins_with_all_terms_by_the_alphabet(open_page):
    index = open_page("glossary").markdown[0].value.split(" · ")
    titles = [entry[1:].partition("]")[0] for entry in index]
    assert titles == sorted((term.title for term in TERMS.values()), key=str.lower)
    assert all(f"](#{term.anchor})" in " ".join(index) for term in TERMS.values())


@pytest.mark.parametrize(
    ("path", "terms"),
    [
        ("", ["neural network", "image classifier", "machine vision"]),
        ("data", ["label"]),
        ("train", ["input layer", "output layer", "node", "weight", "bias", "parameter"]),
        ("train", ["model", "compile", "optimizer", "loss", "metric", "fit", "history"]),
    ],
)
def test_the_words_of_the_lesson_say_what_they_mean_where_they_stand(open_page, path, terms):
    text = markdown(open_page(path))
    for name in terms:
        assert f'](glossary#{TERMS[name].anchor} "{TERMS[name].meaning}")' in text


def test_every_setting_of_the_train_page_is_explained_as_in_the_glossary(open_page):
    app = open_page("train")
    app.slider(key="hidden_layers").set_value(2).run()
    controls = [*app.slider, *app.select_slider, *app.selectbox, *app.number_input]
    helps = {control.key: control.help for control in controls}
    settings = {"hidden_layers": "layers", "nodes_1": "nodes", "nodes_2": "nodes"}
    settings |= {name: name for name in TrainingConfig().to_dict() if name != "layers"}
    assert set(settings.values()) == set(TERM_OF_SETTING)
    assert {key: helps[key] for key in settings} == {
        key: explain_setting(setting) for key, setting in settings.items()
    }


def test_the_teachers_page_is_the_document(open_page):
    app = open_page("teaching")
    assert not app.exception
    text = (PROJECT / "docs" / "teaching.md").read_text(encoding="utf-8")
    heading, _, body = text.partition("\n")
    assert heading == f"# {app.title[0].value}"
    assert body.strip() == app.markdown[0].value.strip()


def styles(app: AppTest) -> str:
    return "".join(element.proto.body for element in app.get("html"))


LARGE = (PROJECT / "pages" / "widgets" / "projector" / "large.css").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("path", "promised"),
    [
        ("", "[neural_network]( [image_classifier]( [machine_vision]("),
        ("data", "[label]( **Divide_by_255** **Lay_the_rows_into_one** for_the_**exam**"),
        (
            "train",
            (
                "[input_layer]( [output_layer]( [node]( [weight]( [softmax]( [relu]( "
                "[compile]( [optimizer]( [loss]( [metric]( [fit]( [history]("
            ),
        ),
        (
            "results",
            (
                "Steep_at_first,_then_flat. `history.history` **Param_#** [layer]( [loss]( "
                "digits_it_had_never_seen_were_read_right"
            ),
        ),
        ("glossary", "1.0_is_suspicious finds_a_good_size_of_change reads_it_wrong"),
    ],
)
def test_what_the_original_lesson_promises_has_its_place(open_page, finished, path, promised):
    app = open_page(path, run=finished.id)
    text = markdown(app)
    assert [each for each in promised.split() if each not in text.replace(" ", "_")] == []


def test_the_projector_is_off_at_first(open_page):
    app = open_page("train")
    assert app.toggle(key="projector").value is False
    assert LARGE not in styles(app)
    assert "projector" not in app.query_params


def test_the_projector_stays_on_from_page_to_page_and_in_the_url(open_page, finished):
    app = open_page("train")
    app.toggle(key="projector").set_value(True).run()
    for path in ("home", "results", "glossary", "train"):
        app.query_params.clear()
        app.switch_page(f"{path}.py").run()
        assert not app.exception
        assert app.toggle(key="projector").value is True
        assert LARGE in styles(app)
        assert app.query_params["projector"] == "1"
    app.toggle(key="projector").set_value(False).run()
    assert LARGE not in styles(app)
    assert "projector" not in app.query_params


def test_a_link_can_switch_the_projector_on(open_page):
    app = open_page("", projector="1")
    assert app.toggle(key="projector").value is True
    assert LARGE in styles(app)
    assert app.query_params["projector"] == "1"


def test_the_curves_of_results_grow_with_the_projector(open_page, finished):
    def text_size(app: AppTest) -> float:
        figure = json.loads(app.get("plotly_chart")[0].proto.spec)
        return figure["layout"]["xaxis"]["tickfont"]["size"]

    small = text_size(open_page("results", run=finished.id))
    large = text_size(open_page("results", run=finished.id, projector="1"))
    assert large > 1.2 * small
