package io.dkron.core.template;

/** The text of a template and where in it something stands. */
record Source(String text) {
    TemplateException wrong(int at, String message) {
        int line = 1;
        int start = 0;
        for (int i = 0; i < at && i < text.length(); i++) {
            if (text.charAt(i) == '\n') {
                line++;
                start = i + 1;
            }
        }
        return new TemplateException(line, at - start + 1, message);
    }
}
