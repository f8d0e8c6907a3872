package io.dkron.cli.job;

import picocli.CommandLine.Option;

/** In which form a command prints what it read. */
final class OutputOption {
    /** The forms; their names are what people type. */
    enum Form {
        table,
        json,
        yaml,
        name
    }

    @Option(
            names = {"-o", "--output"},
            paramLabel = "<form>",
            description = "${COMPLETION-CANDIDATES}: for people (default), as the API answers, as apply reads it,"
                    + " or names alone")
    private Form form = Form.table;

    Form form() {
        return form;
    }
}
