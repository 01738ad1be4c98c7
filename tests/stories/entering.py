"""Signing in with a browser."""

from playwright.async_api import Page

from tests.world import PASSWORD


async def enter(page: Page, site: str, username: str, complaints: list[str]) -> None:
    """Sign in; from here on `complaints` gets the page's faults, and what it asks of another site."""
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request",
        lambda asked: None if asked.url.startswith(site) else complaints.append(asked.url),
    )
    await page.goto(f"{site}/sign-in")
    await page.fill("[name=username]", username)
    await page.fill("[name=password]", PASSWORD)
    await page.click("form button.primary")
