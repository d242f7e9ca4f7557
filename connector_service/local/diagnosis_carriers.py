"""Whether the carriers answer, as the running connector sees them."""

from __future__ import annotations

from collections.abc import Iterator

import httpx

from connector_service.local.finding import Finding

TO_DO = "Look: dockline carriers. Orders go to other carriers, or at negotiated rates, until it answers."


def examine(http: httpx.Client, connector_url: str, api_key: str) -> Iterator[Finding]:
    """The carriers of the key's tenant; none that is connected has nothing to say."""
    try:
        answer = http.get(f"{connector_url}/v1/carriers", headers={"authorization": f"Bearer {api_key}"})
    except httpx.TransportError as problem:
        yield Finding("carriers", False, f"The connector does not say how they are ({type(problem).__name__})")
        return
    if not answer.is_success:
        yield Finding("carriers", False, f"The connector does not say how they are (HTTP {answer.status_code})")
        return
    carriers = answer.json()["carriers"]
    # Half open is no good news: nobody has answered since it opened.
    failing = [each for each in carriers if each["state"] != "closed"]
    for each in failing:
        yield Finding(f"carrier {each['carrier']}", False, each["words"], TO_DO)
    if carriers and not failing:
        names = ", ".join(each["carrier"] for each in carriers)
        yield Finding("carriers", True, f"{names}: no circuit breaker is open")
