"""The server of the dashboard: Streamlit's own, kept from asking other machines for the addresses of this one."""

from __future__ import annotations

from streamlit import net_util
from streamlit.web import cli


def nowhere() -> None:
    """No address: `brink dashboard` says by which names it is reached."""


if __name__ == "__main__":
    net_util.get_external_ip = net_util.get_internal_ip = nowhere
    cli.main(prog_name="streamlit")
