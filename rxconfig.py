"""Configuration de Reflex, rien d'autre."""

import reflex as rx

from portail.same_origin import PLACEHOLDER, SameOrigin
from portail.settings import current

settings = current()

config = rx.Config(
    app_name="portail",
    frontend_port=settings.port,
    backend_port=settings.port,
    backend_host=settings.host,
    api_url=PLACEHOLDER,
    deploy_url=settings.site_url,
    cors_allowed_origins=settings.allowed_origins,
    trusted_proxy_hops=settings.trusted_proxies,
    redis_url=settings.redis_url or None,
    state_manager_mode=rx.constants.StateManagerMode.REDIS
    if settings.redis_url
    else rx.constants.StateManagerMode.MEMORY,
    redis_token_expiration=86_400 if settings.redis_url else 1_200,
    telemetry_enabled=False,
    show_built_with_reflex=False,
    frontend_compression_formats=["brotli", "gzip"],
    plugins=[SameOrigin()],
    disable_plugins=[rx.plugins.SitemapPlugin],
)
