"""What a site would answer an idle poll with instead of the module, each on the same memcached and as its distribution ships it.

All keep connections, log each request and read no .htaccess, as the stack's own httpd here."""

import os
import shutil
from pathlib import Path

from stack.configuration import HTTPD, load_lines, module_directory
from stack.part import Part
from stack.stack import USER, fetch, free_port

HERE = Path(__file__).resolve().parent
WORKERS = 8

FPM = """
[global]
daemonize = no
error_log = /dev/stderr
"""

# One for each web server: nginx keeps its connections, and a kept connection keeps a child.
POOL = """
[{name}]
listen = {run}/{name}
listen.mode = 0666
{user}
pm = static
pm.max_children = {workers}
env[STORE] = {store}
"""

NGINX = """
{user} worker_processes 2; daemon off; pid {run}/nginx.pid; error_log stderr error;
events {{ worker_connections 2048; }}
http {{
    access_log {run}/nginx.log; keepalive_requests 100000000;
    client_body_temp_path {run}/b; proxy_temp_path {run}/p; fastcgi_temp_path {run}/f; uwsgi_temp_path {run}/u; scgi_temp_path {run}/s;
    upstream fpm {{ server unix:{run}/fpm-nginx; keepalive {workers}; }}
    server {{
        listen 127.0.0.1:{port}; root {site};
        location / {{ include /etc/nginx/fastcgi_params; fastcgi_param SCRIPT_FILENAME $document_root/poll.php; fastcgi_keep_conn on; fastcgi_pass fpm; }}
    }}
}}
"""

PREFORK = """
ServerRoot {run}
ServerName localhost
Listen 127.0.0.1:{port}
PidFile {run}/php.pid
DefaultRuntimeDir {run}
Mutex file:{run} default
TypesConfig /dev/null
DocumentRoot {site}
ErrorLog /dev/stderr
CustomLog {run}/php.log "%h %t \\"%r\\" %>s %b %D"
ServerTokens Prod
{user}
KeepAlive On
MaxKeepAliveRequests 0
StartServers 70
MinSpareServers 1
MaxSpareServers 128
ServerLimit 128
MaxRequestWorkers 128
SetEnv STORE {store}
<FilesMatch "\\.php$">
    SetHandler application/x-httpd-php
</FilesMatch>
<Directory "/">
    AllowOverride None
</Directory>
<Directory {site}>
    Require all granted
</Directory>
"""


class Peers:
    """Started with `with`; `urls` says where each answers for a key of memcached."""

    def __init__(self, state, store):
        self.run, self.parts, self.urls = Path(state), [], {}
        self.site = self.run / "site"
        root = os.geteuid() == 0
        self.words = {"run": self.run, "site": self.site, "store": store, "workers": WORKERS}
        self.users = {"fpm": f"user = {USER}\ngroup = {USER}" if root else "", "nginx": f"user {USER};" if root else "",
                      "httpd": f"User {USER}\nGroup {USER}" if root else ""}

    def __enter__(self):
        shutil.copytree(HERE / "site", self.site)
        fpm = next(iter(sorted(Path("/usr/sbin").glob("php-fpm*"))), None)
        if fpm:
            pools = "".join(POOL.format(**self.words, name=name, user=self.users["fpm"]) for name in ("fpm", "fpm-nginx"))
            (self.run / "fpm.conf").write_text(FPM + pools)
            self._start("php-fpm", [fpm, "-F", "-R", "-y", self.run / "fpm.conf"], lambda: (self.run / "fpm").exists())
        if fpm and shutil.which("nginx"):
            port = self._configure("nginx.conf", NGINX, user=self.users["nginx"])
            self._serve("nginx + PHP-FPM", ["nginx", "-c", self.run / "nginx.conf", "-p", self.run], port)
        if (module_directory() / "libphp8.2.so").exists():
            lines = "\n".join([*load_lines("prefork", ("env",)), f"LoadModule php_module {module_directory()}/libphp8.2.so"])
            port = self._configure("php.conf", lines + PREFORK, user=self.users["httpd"])
            self._serve("mod_php", [HTTPD, "-DFOREGROUND", "-f", self.run / "php.conf"], port, "/poll.php")
        if shutil.which("node"):
            port = free_port()
            environment = os.environ | {"PORT": str(port), "STORE": str(self.words["store"]), "LOG": str(self.run / "node.log")}
            self._serve("node", ["node", self.site / "poll.js"], port, env=environment)
        return self

    def __exit__(self, *_):
        for part in reversed(self.parts):
            part.stop()

    def _configure(self, name, text, user):
        port = free_port()
        (self.run / name).write_text(text.format(**self.words, port=port, user=user))
        return port

    def _start(self, name, argv, ready, env=None):
        part = Part(name, argv, self.run / f"{name.replace(' ', '')}.log", ready, env=env)
        self.parts.append(part)
        part.start()

    def _serve(self, name, argv, port, path="/", env=None):
        self._start(name, argv, lambda: fetch(f"http://127.0.0.1:{port}{path}")[0] > 0, env)
        self.urls[name] = f"http://127.0.0.1:{port}{path}"
