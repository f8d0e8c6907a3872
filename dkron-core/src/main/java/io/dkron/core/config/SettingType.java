package io.dkron.core.config;

/** What the text of a setting's value must look like. */
public enum SettingType {
    /** {@code true} or {@code false}. */
    BOOL("bool"),
    /** A whole number within the setting's range. */
    INT("int"),
    /** Any text. */
    STRING("string"),
    /** One of the words that the setting lists. */
    CHOICE("choice"),
    /** Go's form: {@code 500ms}, {@code 1h30m}. Not negative. */
    DURATION("duration"),
    /** A number of bytes, with {@code KB MB GB} (powers of 1000) or {@code KiB MiB GiB} (of 1024) if wanted. */
    BYTES("bytes"),
    /** A file or folder; relative ones are taken from the working directory. */
    PATH("path"),
    /** {@code host:port}, {@code host}, {@code :port} or {@code [IPv6]:port}; may hold an address template. */
    ADDRESS("address"),
    /** Texts; one text is split at commas by CSV rules. */
    LIST("list"),
    /** {@code key=value} texts; one text from the environment is split at blanks too. */
    TAGS("list of key=value"),
    /** Keys and values: a map in a file, a JSON object in the environment. */
    MAP("map"),
    /** 16, 24 or 32 bytes in base64. */
    KEY("base64 key");

    private final String label;

    SettingType(String label) {
        this.label = label;
    }

    /** As the reference prints it. */
    public String label() {
        return label;
    }
}
