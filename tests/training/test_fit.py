"""Training: reproducible bit for bit, and going on where it was broken off."""

from __future__ import annotations

import functools
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

import mnist_core
from mnist_core.config import CHOICES, TrainingConfig
from mnist_core.data import Dataset, scale
from mnist_core.errors import ConfigError
from mnist_core.training import compiled
from mnist_core.training.batches import epoch_order
from mnist_core.training.checkpoint import Checkpoint
from mnist_core.training.compiled import PlacedDigits
from mnist_core.training.fit import RunningFit, Trainer, train
from mnist_core.training.model import build_model
from mnist_core.training.trainer_cache import TrainerCache
from tests.training.training_helpers import SMALL, STEPS, At, same, throw

KEYS = {"accuracy", "loss", "val_accuracy", "val_loss"}


def fitted(config: TrainingConfig, dataset: Dataset) -> tuple[keras.Sequential, dict[str, Any]]:
    model = build_model(config)
    return model, train(model, dataset, config).history


def trainer_of(model: keras.Sequential, dataset: Dataset) -> Trainer:
    return Trainer(model, PlacedDigits(dataset, SMALL.validation_split))


undisturbed = functools.cache(fitted)
"""The same without training twice; the model must not be changed."""


def test_the_public_names_that_need_keras_are_these() -> None:
    assert mnist_core.train is train
    assert mnist_core.build_model is build_model


def test_the_history_has_the_four_series_with_a_value_an_epoch(tiny: Dataset) -> None:
    history = train(build_model(SMALL), tiny, SMALL)
    assert isinstance(history, keras.callbacks.History)
    assert history.history.keys() == KEYS
    assert {len(values) for values in history.history.values()} == {3}
    assert history.epoch == [0, 1, 2]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"batch_size": 100},  # the last batch is a smaller one
        {"layers": (), "optimizer": "sgd", "learning_rate": 0.1},
        {"layers": (20, 10), "activation": "tanh", "optimizer": "rmsprop", "l2": 0.001},
        {"activation": "elu", "optimizer": "momentum", "learning_rate": 0.01},
        {"activation": "sigmoid", "batch_size": 360},
    ],
)
def test_the_fast_fit_gives_what_a_plain_fit_gives_on_the_same_order(
    tiny: Dataset, changes: dict[str, Any]
) -> None:
    config = SMALL.replace(seed=3, **changes)
    split = tiny.split(config.validation_split)
    plain, whole = build_model(config), []
    for epoch in range(config.epochs):
        order = epoch_order(3, epoch, len(split.y_train))
        plain_history = plain.fit(
            scale(split.x_train[order]),
            split.y_train[order],
            batch_size=config.batch_size,
            validation_data=(scale(split.x_val), split.y_val),
            shuffle=False,
            verbose=0,
        )
        whole.append({name: values[0] for name, values in plain_history.history.items()})

    _, history = fitted(config, tiny)

    for name in ("loss", "val_loss"):
        assert history[name][0] == pytest.approx(whole[0][name], rel=1e-5)
    for name in ("accuracy", "val_accuracy"):
        assert history[name][-1] == pytest.approx(whole[-1][name], abs=0.003)


def test_the_compiled_function_scales_digits_as_everybody_else_does() -> None:
    every_grey = np.resize(np.arange(256, dtype=np.uint8), (1, 784))
    compiled_scale = tf.function(compiled._scale, jit_compile=True, autograph=False)
    expected = scale(every_grey.reshape(-1, 28, 28))
    # XLA multiplies by 1 / 255, which is another number in the last bit.
    np.testing.assert_array_max_ulp(compiled_scale(every_grey).numpy(), expected, maxulp=1)


def test_dropout_learns_as_well_as_keras_dropout_over_seeds(tiny: Dataset) -> None:
    """The masks are other ones, so what is compared is the mean loss over several seeds."""
    ours, theirs = [], []
    split = tiny.split(SMALL.validation_split)
    trainer_cache = TrainerCache()  # compiles once for all seeds, as a worker does

    def last_loss(config: TrainingConfig) -> float:
        trainer = trainer_cache.trainer(config, tiny)
        trainer.start_from(build_model(config))
        return trainer.train(config).history["loss"][-1]

    for seed in range(5):
        config = SMALL.replace(dropout=0.5, seed=seed, layers=(64,))
        ours.append(last_loss(config))
        plain = build_model(config)
        history = plain.fit(
            scale(split.x_train),
            split.y_train,
            batch_size=config.batch_size,
            epochs=config.epochs,
            verbose=0,
        )
        theirs.append(history.history["loss"][-1])
        assert ours[-1] > last_loss(config.replace(dropout=0.0)) * 1.1
    spread = max(np.std(ours), np.std(theirs))
    assert np.mean(ours) == pytest.approx(np.mean(theirs), abs=3 * spread)


def test_the_largest_seed_trains_with_dropout_too(tiny: Dataset) -> None:
    config = SMALL.replace(epochs=1, dropout=0.2, seed=2**31 - 1)
    assert len(fitted(config, tiny)[1]["loss"]) == 1


def test_without_xla_the_same_loop_runs_and_says_so(
    tiny: Dataset, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def missing(*arguments: Any, **options: Any) -> Any:
        raise tf.errors.UnimplementedError(None, None, "no XLA on this platform")

    config = SMALL.replace(epochs=1)
    _, compiled_history = fitted(config, tiny)
    with monkeypatch.context() as without_xla:
        without_xla.setattr(compiled.tf, "function", missing)
        compiled.xla_works.cache_clear()
        assert not compiled.xla_works()
    try:
        _, history = fitted(config, tiny)
        assert history["loss"] == pytest.approx(compiled_history["loss"], rel=1e-5)
        _, with_dropout = fitted(config.replace(dropout=0.5), tiny)
        assert with_dropout["loss"][0] > history["loss"][0]
    finally:
        compiled.xla_works.cache_clear()
    assert [record.message for record in caplog.records if "XLA" in record.message] == [
        "XLA does not work here, so training is slower: no XLA on this platform"
    ]


def test_the_history_ends_with_what_evaluating_the_model_gives(tiny: Dataset) -> None:
    model, history = undisturbed(SMALL, tiny)
    split = tiny.split(SMALL.validation_split)
    values = model.evaluate(scale(split.x_val), split.y_val, verbose=0, return_dict=True)
    assert history["val_accuracy"][-1] == pytest.approx(values["accuracy"])
    assert history["val_loss"][-1] == pytest.approx(values["loss"], rel=1e-5)


def test_training_makes_the_network_better(tiny: Dataset) -> None:
    _, history = fitted(SMALL.replace(epochs=10, learning_rate=0.01), tiny)
    assert history["accuracy"][-1] > 0.9
    assert history["val_accuracy"][-1] > 0.6


@pytest.mark.parametrize("dropout", [0.0, 0.2])
def test_the_same_seed_ends_in_the_same_weights_bit_for_bit(tiny: Dataset, dropout: float) -> None:
    config = SMALL.replace(dropout=dropout)
    (first, history), (second, again) = undisturbed(config, tiny), fitted(config, tiny)
    assert same(first.get_weights(), second.get_weights())
    assert history == again


def test_another_seed_ends_in_other_weights(tiny: Dataset) -> None:
    (first, _), (second, _) = undisturbed(SMALL, tiny), fitted(SMALL.replace(seed=1), tiny)
    assert not any(map(np.array_equal, first.get_weights(), second.get_weights()))


def test_the_seed_decides_the_order_of_the_digits_too(tiny: Dataset) -> None:
    start = build_model(SMALL).get_weights()
    ends = []
    for seed in (0, 1):
        model = build_model(SMALL)
        model.set_weights(start)
        train(model, tiny, SMALL.replace(seed=seed, epochs=1))
        ends.append(model.get_weights())
    assert not same(*ends)


def test_every_seed_is_validated_with_the_same_digits(tiny: Dataset) -> None:
    # Too slow a rate to change a thing: the losses are those of one and the same network.
    model = build_model(SMALL.replace(learning_rate=0.00001, optimizer="sgd"))
    start = model.get_weights()
    losses = []
    for seed in (0, 1):
        model.set_weights(start)
        config = SMALL.replace(seed=seed, epochs=1)
        losses += train(model, tiny, config).history["val_loss"]
    assert losses[0] == pytest.approx(losses[1], rel=1e-4)


def test_the_models_own_layers_are_trained_whatever_the_settings_say(tiny: Dataset) -> None:
    model = build_model(SMALL.replace(layers=(7,)))
    train(model, tiny, SMALL.replace(epochs=1))
    assert model.layers[1].units == 7


HOOKS = sorted(name for name in dir(keras.callbacks.Callback) if name.startswith("on_"))


class Recorder(keras.callbacks.Callback):
    """Writes down every call: which, for what number, with which logs."""

    def __init__(self, stop_at: tuple[str, int] | None = None) -> None:
        super().__init__()
        self.calls: list[tuple[str, int | None, dict[str, float]]] = []
        self._stop_at = stop_at
        for hook in HOOKS:
            setattr(self, hook, functools.partial(self._record, hook))

    def _record(self, hook: str, number: Any = None, logs: Any = None) -> None:
        if logs is None and not isinstance(number, int):
            number, logs = None, number
        self.calls.append((hook, number, dict(logs)))
        if (hook, number) == self._stop_at:
            self.model.stop_training = True

    @property
    def order(self) -> list[tuple[str, int | None, list[str]]]:
        return [(hook, number, [*logs]) for hook, number, logs in self.calls]

    @property
    def values_of_the_first_epoch(self) -> list[float]:
        end = next(i for i, (hook, *_) in enumerate(self.calls) if hook == "on_epoch_end")
        return [value for _, _, logs in self.calls[: end + 1] for value in logs.values()]


@pytest.mark.parametrize(
    "stop_at",
    [None, ("on_train_begin", None), ("on_train_batch_end", 3), ("on_epoch_end", 1)],
    ids=["to the end", "stopped at once", "stopped within an epoch", "stopped after an epoch"],
)
def test_callbacks_are_called_as_by_keras_in_the_same_order_with_the_same_logs(
    tiny: Dataset, stop_at: tuple[str, int] | None
) -> None:
    ours, theirs = Recorder(stop_at), Recorder(stop_at)
    split = tiny.split(SMALL.validation_split)
    order = epoch_order(SMALL.seed, 0, len(split.y_train))
    build_model(SMALL).fit(
        scale(split.x_train[order]),
        split.y_train[order],
        batch_size=SMALL.batch_size,
        epochs=SMALL.epochs,
        validation_data=(scale(split.x_val), split.y_val),
        validation_batch_size=len(split.y_val),
        callbacks=[theirs],
        shuffle=False,
        verbose=0,
    )

    train(build_model(SMALL), tiny, SMALL, [ours])

    assert ours.order == theirs.order
    assert ours.values_of_the_first_epoch == pytest.approx(
        theirs.values_of_the_first_epoch, rel=1e-4
    )


def test_a_run_that_goes_on_begins_once_and_ends_once(tiny: Dataset) -> None:
    recorder = Recorder()
    train(
        build_model(SMALL),
        tiny,
        SMALL,
        [recorder],
        checkpoint=checkpoint_at(SMALL, tiny, 1, STEPS - 2),
    )
    hooks = ("on_train_begin", "on_epoch_begin", "on_train_batch_end", "on_train_end")
    assert [(hook, number) for hook, number, _ in recorder.calls if hook in hooks] == [
        ("on_train_begin", None),
        ("on_epoch_begin", 1),
        *[("on_train_batch_end", batch) for batch in range(2)],
        ("on_epoch_begin", 2),
        *[("on_train_batch_end", batch) for batch in range(STEPS)],
        ("on_train_end", None),
    ]


def test_a_batch_larger_than_all_digits_is_refused_and_the_model_unchanged(tiny: Dataset) -> None:
    model = build_model(SMALL)
    before = model.get_weights()
    with pytest.raises(ConfigError, match="Choose 1 to 360"):
        train(model, tiny, SMALL.replace(batch_size=361))
    assert same(model.get_weights(), before)


def test_the_test_digits_are_never_touched(tiny: Dataset) -> None:
    class Sealed(Dataset):
        def __getattribute__(self, name: str) -> Any:
            if name in ("x_test", "y_test") and "sealed" in object.__getattribute__(
                self, "__dict__"
            ):
                raise AssertionError("the test digits were touched")
            return super().__getattribute__(name)

    arrays = (tiny.x_train, tiny.y_train, tiny.x_test, tiny.y_test)
    sealed = Sealed(*arrays, name="sealed", digest="0" * 64, source="", licence="")
    object.__setattr__(sealed, "sealed", True)
    with pytest.raises(AssertionError):
        _ = sealed.x_test

    train(build_model(SMALL), sealed, SMALL.replace(epochs=1))


class Witness(keras.callbacks.Callback):
    """Takes a checkpoint wherever a training may be broken off: after updates and after epochs."""

    def __init__(self) -> None:
        super().__init__()
        self.saved: dict[tuple[int, int], bytes] = {}
        self._history: dict[str, list[float]] = {}

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if self.params["fit"].batch < STEPS:
            self._take()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        for name, value in logs.items():
            self._history.setdefault(name, []).append(value)
        self._take()

    def _take(self) -> None:
        fit = self.params["fit"]
        self.saved[fit.epoch, fit.batch] = fit.capture(self._history).to_bytes()


@functools.cache
def watched(
    config: TrainingConfig, dataset: Dataset
) -> tuple[keras.Sequential, dict[str, Any], Witness]:
    model, witness = build_model(config), Witness()
    return model, train(model, dataset, config, [witness]).history, witness


def checkpoint_at(config: TrainingConfig, dataset: Dataset, epoch: int, batch: int) -> Checkpoint:
    return Checkpoint.from_bytes(watched(config, dataset)[2].saved[epoch, batch])


def assert_goes_on_as_if_undisturbed(
    config: TrainingConfig, dataset: Dataset, epoch: int, batch: int
) -> None:
    whole_run, whole, _ = watched(config, dataset)
    model = build_model(config)
    history = train(model, dataset, config, checkpoint=checkpoint_at(config, dataset, epoch, batch))
    assert same(model.get_weights(), whole_run.get_weights())
    assert history.history == whole
    assert history.epoch == [*range(config.epochs)]


@pytest.mark.parametrize(
    ("epoch", "batch"), [(0, 1), (0, STEPS - 1), (1, 0), (1, 4), (2, STEPS - 1)]
)
def test_a_run_goes_on_from_anywhere_to_the_very_same_weights(
    tiny: Dataset, epoch: int, batch: int
) -> None:
    assert_goes_on_as_if_undisturbed(SMALL.replace(dropout=0.2), tiny, epoch, batch)


@pytest.mark.parametrize("optimizer", CHOICES["optimizer"])
def test_every_optimizer_goes_on_in_its_own_state(tiny: Dataset, optimizer: str) -> None:
    config = SMALL.replace(optimizer=optimizer, learning_rate=0.01, l2=0.001, epochs=2)
    assert_goes_on_as_if_undisturbed(config, tiny, 0, 5)


def test_the_model_that_goes_on_may_be_one_whose_training_broke_off(tiny: Dataset) -> None:
    whole_run, whole = undisturbed(SMALL, tiny)
    checkpoint = checkpoint_at(SMALL, tiny, 1, 4)
    used = build_model(SMALL.replace(seed=9))
    with pytest.raises(MemoryError):
        train(used, tiny, SMALL, [At(11, throw(MemoryError()))])
    assert train(used, tiny, SMALL, checkpoint=checkpoint).history == whole
    assert same(used.get_weights(), whole_run.get_weights())


def test_a_checkpoint_is_a_copy_that_later_updates_leave_alone(tiny: Dataset) -> None:
    model = build_model(SMALL)
    before = [array.copy() for array in model.get_weights()]
    checkpoint = RunningFit(trainer_of(model, tiny), SMALL).capture({})
    train(model, tiny, SMALL.replace(epochs=1))
    assert same(checkpoint.model, before)


def test_going_on_leaves_the_checkpoint_as_it_was(tiny: Dataset) -> None:
    checkpoint = checkpoint_at(SMALL, tiny, 1, 4)
    before = checkpoint.to_bytes()
    train(build_model(SMALL), tiny, SMALL, checkpoint=checkpoint)
    assert checkpoint.to_bytes() == before


def test_a_run_whose_epochs_are_all_done_gives_its_history_back(tiny: Dataset) -> None:
    model, whole = undisturbed(SMALL, tiny)
    last = RunningFit(trainer_of(model, tiny), SMALL)
    last.epoch = 3
    done = last.capture(whole)
    again = build_model(SMALL)
    assert train(again, tiny, SMALL, checkpoint=done).history == whole
    assert same(again.get_weights(), model.get_weights())


def test_a_callback_that_stops_the_rest_of_an_epoch_stops_the_run(tiny: Dataset) -> None:
    model = build_model(SMALL)
    checkpoint = checkpoint_at(SMALL, tiny, 0, 4)
    stop = At(1, lambda: setattr(model, "stop_training", True))
    history = train(model, tiny, SMALL, [stop], checkpoint=checkpoint)
    assert history.epoch == [0]
