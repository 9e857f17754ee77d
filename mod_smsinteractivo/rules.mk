# mod_smsinteractivo
