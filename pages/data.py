"""Data: look at the digits that a network learns from."""

import streamlit as st

from mnist_core.charts import plot_class_balance
from mnist_core.data import Dataset
from pages.services.server import get_shelf
from pages.text import message
from pages.text.terms import linked_term
from pages.views.data import digit_facts
from pages.views.data.likeness import render_averages, render_most_alike
from pages.views.data.preparing import render_preparing
from pages.views.shared.chart import render_chart
from pages.views.shared.digit_choice import ALL, ALL_OR_ONE
from pages.views.shared.paging import DIGITS_A_PAGE, render_pages
from pages.widgets.digit_grid import render_digit_grid
from pages.widgets.pixel_view import render_pixel_view


def render_gallery(dataset: Dataset, chosen: int) -> None:
    """Draw many training digits, page by page, to choose one of them."""
    choice = st.segmented_control(
        "Digit", ALL_OR_ONE, default=ALL, required=True, key="digit", bind="query-params"
    )
    positions = digit_facts.positions_of(dataset, choice)
    if not positions.size:
        message.info(
            "Among the training digits there is no {digit}. Choose another digit.", digit=choice
        )
        return
    places = render_pages(
        len(positions),
        DIGITS_A_PAGE,
        # A place of its own for each digit, forgotten when other data comes.
        key=f"gallery-{choice}-{dataset.digest[:8]}",
        persist_state="session",
    )
    shown = positions[places.start : places.stop]
    st.caption(
        f"{digit_facts.places_in_words(places, len(positions))}. Choose one to see its pixels."
    )
    render_digit_grid(
        dataset.x_train[shown],
        dataset.y_train[shown].astype(str).tolist(),
        [digit_facts.describe(dataset, number) for number in shown],
        label="Training digits",
        key="gallery",
        numbers=shown.tolist(),
        chosen=chosen,
        on_choose=lambda number: st.session_state.update(training_digit=number),
    )


def render_image(dataset: Dataset, number: int) -> None:
    """Draw one training digit as a picture and as numbers."""
    name = digit_facts.describe(dataset, number)
    st.markdown(
        f"This is **{name}**. Its picture has 28 rows of 28 **pixels**. Each pixel is a "
        "**grey level**: 0 is black, 255 is white. A network sees nothing but these 784 numbers."
    )
    render_pixel_view(dataset.x_train[number], name, key="pixels")
    st.caption(
        "Counting starts at 0, as in Python: row 12, column 7 of this digit is "
        f"`x_train[{number}][12, 7]`, and its label is `y_train[{number}]`."
    )


def render_balance(facts: digit_facts.DigitFacts) -> None:
    """Draw how many digits each part holds, and what it is for."""
    balance, words = facts.balance, digit_facts.balance_in_words(facts)
    train, val, test = st.columns(3, border=True)
    train.metric(":blue[■] Training", f"{sum(balance.train):,}")
    train.markdown("to **learn** from")
    val.metric(":orange[▨] Validation", f"{sum(balance.val):,}")
    val.markdown("to **check** while learning")
    test.metric(":violet[▩] Test", f"{sum(balance.test):,}")
    test.markdown("for the **exam** at the end")
    render_chart(
        plot_class_balance(balance),
        key="chart-class-balance",
        alt="How many images there are of each digit, a bar of three parts each: training, "
        f"validation and test. {words}",
    )
    st.markdown(words)
    with st.expander("The numbers behind the bars"):
        st.table(digit_facts.balance_table(balance), alt="Images of each digit in each part")


st.title("Data", anchor=False)
st.markdown(
    "A network learns from examples. Each example is a small **image** of a handwritten digit and "
    f"its **{linked_term('label')}**: which digit it is."
)
dataset = get_shelf().current
facts = digit_facts.gather(dataset)
gallery = st.container()
st.subheader("One image in full", anchor=False)
last = len(dataset.y_train) - 1
number = st.number_input(
    "Training digit number", 0, last, key="training_digit", bind="query-params", width=240
)
render_image(dataset, number)
with gallery:
    render_gallery(dataset, number)
st.subheader("Ready for the network", anchor=False)
render_preparing(dataset, number)
st.subheader("How many of each", anchor=False)
render_balance(facts)
st.subheader("The average digit", anchor=False)
st.markdown(
    "Lay all images of a digit on top of each other and take the average of each pixel. Where the "
    "picture is sharp, people write alike. Where it is blurred, they don't."
)
render_averages(facts.likeness)
st.subheader("Which two digits are most alike?", anchor=False)
st.markdown("Compare two averages pixel by pixel. The smaller the differences, the more alike.")
render_most_alike(facts.likeness)
st.page_link("train.py", label="Next: build a model", icon=":material/play_circle:")
