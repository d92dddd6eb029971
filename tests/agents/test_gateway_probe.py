"""The probe says in words what a model server can do."""

from __future__ import annotations

from typing import Any

from pydantic import SecretStr

from agents.gateway.probe import Finding, probe
from agents.gateway.profiles import Profile
from tests.agents.model_server import Body, answers, computes, fails, model_server


def findings(*behaviours: Any, model: str = "test-model") -> list[Finding]:
    with model_server(*behaviours) as server:
        profile = Profile(base_url=server.base_url, api_key=SecretStr("k"), model=model, deadline_seconds=40)
        return list(probe(profile))


def keeps_to_the_schema(request: Body) -> object:
    schema = request["response_format"]["json_schema"]["schema"]
    return {"word": schema["properties"]["word"]["enum"][0]}


def test_a_good_server_passes_on_every_count() -> None:
    found = findings(computes(keeps_to_the_schema))
    assert all(finding.good is not False for finding in found)
    assert any("enforced" in finding.text and finding.good for finding in found)
    assert any("100 tokens in" in finding.text for finding in found)


def test_a_server_that_ignores_the_schema_is_found_out() -> None:
    found = findings(answers("PONG"))
    assert any("NOT enforced" in finding.text and finding.good is False for finding in found)


def test_a_refused_key_ends_the_probe_with_the_reason() -> None:
    found = findings(fails(401))
    assert found[-1].good is False and "did not accept our key" in found[-1].text


def test_a_model_that_is_not_listed_is_said() -> None:
    found = findings(computes(keeps_to_the_schema), model="other")
    assert any("does not list other" in finding.text for finding in found)
