"""The configuration of a private stack: the shipped conf/ with the paths and ports of this one on top."""

import shutil
import subprocess
from functools import lru_cache
from pathlib import Path

HTTPD = shutil.which("apache2") or "/usr/sbin/apache2"

NO_LIMITS = "SmsLimitConversations 0\nSmsLimitMessages 0\nSmsLimitPictures 0\nSmsLimitSameText 0\n"

MODULES = ("authz_core", "authz_host", "unixd", "mime", "dir", "alias", "headers", "setenvif", "log_config",
           "status", "rewrite", "deflate", "remoteip")


THREADED = "StartServers 1\nServerLimit 8\nThreadsPerChild 25\nMaxRequestWorkers 200\nMinSpareThreads 25\nMaxSpareThreads 75"
MPM_LINES = {"event": THREADED, "worker": THREADED,
             "prefork": "StartServers 4\nServerLimit 32\nMaxRequestWorkers 32\nMinSpareServers 2\nMaxSpareServers 8"}


@lru_cache
def module_directory():
    asked = subprocess.run(["apxs", "-q", "LIBEXECDIR"], capture_output=True, text=True)
    return Path(asked.stdout.strip() or "/usr/lib/apache2/modules")


@lru_cache
def built_in():
    return subprocess.run([HTTPD, "-l"], capture_output=True, text=True).stdout


def load_lines(mpm, further):
    wanted = (f"mpm_{mpm}", *MODULES, *further)
    return [f"LoadModule {name}_module {module_directory()}/mod_{name}.so" for name in wanted
            if f"mod_{name}.c" not in built_in() and (module_directory() / f"mod_{name}.so").exists()]


def httpd_configuration(stack):
    state, options = stack.state, stack.options
    lines = load_lines(options["mpm"], options["modules"]) + [
        f"ServerRoot {state}",
        "ServerName localhost",
        f"Listen {options.get('listen', '127.0.0.1')}:{options['port']}",
        f"PidFile {state}/run/httpd.pid",
        f"DefaultRuntimeDir {state}/run",
        f"Mutex file:{state}/run default",
        f"DocumentRoot {state}/htdocs",
        "TypesConfig /etc/mime.types" if Path("/etc/mime.types").exists() else "TypesConfig /dev/null",
        "ErrorLog /dev/stderr",
        f'CustomLog {state}/log/access.log "%h %t \\"%r\\" %>s %b %D"',
        "LogLevel warn smsinteractivo:info",
        "ServerTokens Prod",
        options["mpm_lines"] or MPM_LINES[options["mpm"]],
        f"LoadModule smsinteractivo_module {state}/bin/mod_smsinteractivo.so",
        f"Define SMS_HTDOCS {state}/htdocs",
        f"Define SMS_CONF {state}/conf",
        f"Include {state}/conf/smsinteractivo.conf",
        f"SmsDaemon {stack.socket}",
        f"SmsStore {stack.memcached_socket}",
        *([f"SmsStoreWait {options['store_wait']}"] if options["store_wait"] else []),
        f"SmsSecretFile {state}/secret",
        f"SmsAuditLog {state}/log/audit.log",
        f"SmsCaptcha {options['captcha']}",
        options["httpd"],
    ]
    if stack.user:
        lines += [f"User {stack.user}", f"Group {stack.user}"]
    return "\n".join(lines) + "\n"


TLS_MODULES = ("ssl", "socache_shmcb")


def tls_lines(folder, port, further=""):
    """A virtual host that speaks TLS at `port`, with a certificate made in `folder` for this machine alone."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", folder / "key", "-out", folder / "cert", "-days", "2",
                    "-subj", "/CN=localhost", "-addext", "basicConstraints=critical,CA:FALSE"], check=True, capture_output=True)
    return (f"SSLSessionCache shmcb:{folder}/cache(512000)\nListen 127.0.0.1:{port}\n<VirtualHost *:{port}>\nSSLEngine on\n"
            f"SSLCertificateFile {folder}/cert\nSSLCertificateKeyFile {folder}/key\n{further}\n</VirtualHost>\n")


def password_file(stack):
    path = stack.state / "conf" / "smsc.password"
    path.write_text("secret\n")
    path.chmod(0o600)
    if stack.user:
        shutil.chown(path, stack.user)
    return path


def smppd_configuration(stack):
    """`smppd` and `link` of the options override what stands here; `links` are further ones, by name."""
    state, options = stack.state, stack.options
    top = {
        "socket": stack.socket,
        "store": stack.memcached_socket,
        "state": state / "spool",
        "cdr_directory": state / "cdr",
    } | options["smppd"]
    link = {
        "host": "127.0.0.1",
        "port": options["smpp"],
        "system_id": "claro",
        "password_file": password_file(stack),
        "codes": options["codes"],
    } | options["link"]
    sections = {"": top, "[link smsc]\n": link} | {f"[link {name}]\n": link | more for name, more in options["links"].items()}
    return "\n".join(head + "".join(f"{name} = {value}\n" for name, value in keys.items()) for head, keys in sections.items())
