"""The register: the agent that sells, its screen, its devices. See README.md."""
