"""What is said of a machine is said in one table: options, lines of sources, and arguments follow from its rows."""

import inspect

import pytest

from emulator import Machine
from emulator.config import Config
from emulator.config.kinds import Switch
from emulator.config.settings import ARGUMENTS, SETTINGS
from emulator.observe.asked import read_run

WITH_VALUES = [setting for setting in ARGUMENTS if not isinstance(setting.kind, Switch)]


@pytest.mark.parametrize("setting", ARGUMENTS, ids=lambda setting: setting.name)
@pytest.mark.parametrize("command", ["run", "explain"])
def test_each_row_with_an_option_is_one_of_the_command_and_helped_in_its_words(call, command, setting):
    out = " ".join(call(command, "--help")[1].split()).replace("- ", "-")  # lines break between words, after hyphens
    assert f" --{setting.name.replace('_', '-')} " in out
    assert setting.option.replace("- ", "-") in out


@pytest.mark.parametrize("setting", WITH_VALUES, ids=lambda setting: setting.name)
def test_each_row_with_a_value_can_stand_in_a_line_of_a_source(setting):
    assert read_run(f"--{setting.name} {setting.default}", 1).options == {setting.name: setting.default}


@pytest.mark.parametrize("made", [Machine, Config.make])
def test_each_row_with_an_option_is_an_argument_with_the_default_of_the_row(made):
    parameters = inspect.signature(made).parameters
    assert {setting.name for setting in ARGUMENTS} < parameters.keys()
    given = {setting.name: parameters[setting.name].default for setting in ARGUMENTS}
    assert Config.make(**given) == Config.make()


@pytest.mark.parametrize("made", [Machine, Config.make])
def test_another_name_is_no_argument_and_the_nearest_one_is_named(made):
    with pytest.raises(TypeError, match=r"unexpected keyword argument 'hart'; did you mean 'harts'\?$"):
        made(hart=2)
    with pytest.raises(TypeError, match=r"unexpected keyword argument 'quantum'"):
        made(quantum=5)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_set_takes_every_row(setting):
    assert Config.make(overrides={setting.name: setting.default}).settings() == Config.make().settings()
