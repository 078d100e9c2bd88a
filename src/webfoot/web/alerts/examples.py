"""`EXAMPLES`: how the addresses of alert channels look, for people who write one."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Example:
    """One kind of channel."""

    name: str
    address: str
    """With capitals where something of one's own stands."""
    how: str
    """Where to find what is to be written there."""


EXAMPLES: tuple[Example, ...] = (
    Example(
        "E-mail",
        "mailtos://USER:PASSWORD@SERVER?from=ME@EXAMPLE.ORG&to=YOU@EXAMPLE.ORG",
        "The SMTP server that sends your mail, with an account on it.",
    ),
    Example(
        "Slack",
        "slack://TOKEN_A/TOKEN_B/TOKEN_C/CHANNEL",
        "The three parts behind /services/ in the address of an incoming webhook.",
    ),
    Example(
        "Discord",
        "discord://WEBHOOK_ID/WEBHOOK_TOKEN",
        "The two parts at the end of a webhook's address: channel settings, Integrations, Webhooks.",
    ),
    Example(
        "Microsoft Teams",
        "workflows://HOST/WORKFLOW/SIGNATURE",
        "Of the address that a Power Automate workflow gives for a channel.",
    ),
    Example("Telegram", "tgram://BOT_TOKEN/CHAT_ID", "The token that BotFather gives, and the number of the chat."),
    Example("ntfy", "ntfys://SERVER/TOPIC", "A topic that nobody guesses, on ntfy.sh or on a server of your own."),
    Example("Matrix", "matrixs://USER:PASSWORD@SERVER/ROOM", "An account that may write in the room."),
    Example("Webhook", "jsons://SERVER/PATH", "Any address that takes JSON by POST."),
)
"""The usual kinds; `SCHEMES` has all that may be used."""
