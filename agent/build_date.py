"""When this agent was built: no clock that tells an earlier day can be right."""

BUILD_DATE = "2026-11-01"
