import pytest

from webfoot.errors import ConfigError
from webfoot.web.app import create_app
from webfoot.web.settings import read_settings


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"rate_limit": "banana"}, "setting 'rate_limit' is 'banana': .*'1200 per minute' would be right"),
        ({"login_limit": ""}, "setting 'login_limit' is ''"),
        ({"public_url": "banana"}, "setting 'public_url' is 'banana'"),
        ({"quota": {"parallel": -1}}, r"setting 'quota\.parallel' is -1"),
        ({"colour": "red"}, "setting 'colour' is 'red'"),
    ],
)
def test_a_wrong_setting_is_named_with_its_value(values, sentence):
    with pytest.raises(ConfigError, match=sentence):
        read_settings(**values)


def test_the_environment_reaches_into_parts_and_says_where_it_cannot(monkeypatch, tmp_path):
    monkeypatch.setenv("WEBFOOT_QUOTA__PARALLEL", "4")
    assert read_settings().quota.parallel == 4
    file = tmp_path / "settings.yaml"
    file.write_text("quota: 4")
    with pytest.raises(ConfigError, match="setting 'quota' is 4 in the file; a table of settings would be right"):
        read_settings(file)


def test_where_the_counts_of_the_rate_limits_are_away_this_process_counts(settings):
    app = create_app(settings.model_copy(update={"limiter_url": "redis://127.0.0.1:1"}))
    assert app.test_client().get("/healthz").status_code == 200
    app.extensions["webfoot"].database.engine.dispose()


@pytest.mark.parametrize(
    "text", ["", "\n\n", "# public_url: https://lab.example.org\n", "---\n", "# nothing\n---\n# yet\n"]
)
def test_an_empty_file_says_nothing(tmp_path, text):
    file = tmp_path / "settings.yaml"
    file.write_text(text)
    assert read_settings(file) == read_settings()
    assert read_settings(file, concurrency=3).concurrency == 3


@pytest.mark.parametrize(("text", "sentence"), [("[]", "holds list"), ("{", "not YAML"), ("walk", "holds str")])
def test_a_file_that_is_no_table_is_not_empty(tmp_path, text, sentence):
    file = tmp_path / "settings.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=sentence):
        read_settings(file)
    with pytest.raises(ConfigError, match="cannot be read"):
        read_settings(tmp_path / "nowhere.yaml")
