package io.dkron.cli.file;

/**
 * Where in a file something stands.
 *
 * @param file as the user named it, {@code -} for standard input
 * @param document its number from 1; 0 where the file has only one
 * @param item its number from 1 in an array of jobs; 0 where it is in none
 * @param line from 1; 0 where it is not known
 */
public record Place(String file, int document, int item, int line) {
    Place item(int number) {
        return new Place(file, document, number, line);
    }

    Place line(int number) {
        return new Place(file, document, item, number);
    }

    /** {@code jobs/etl.yaml:14 (document 2, item 3)}. */
    @Override
    public String toString() {
        String which = document == 0 ? "" : "document " + document;
        if (item > 0) {
            which += (which.isEmpty() ? "" : ", ") + "item " + item;
        }
        return (file.equals("-") ? "standard input" : file)
                + (line == 0 ? "" : ":" + line)
                + (which.isEmpty() ? "" : " (" + which + ")");
    }
}
