# mod_smsinteractivo
include mod_smsinteractivo/captcha/rules.mk
