package io.dkron.core.job;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * The answers that an {@code http} job accepts: codes and classes parted by commas, {@code 200,3xx}. Immutable.
 *
 * @param text as it was written
 * @param items whole codes and classes such as {@code 2xx}; none accepts every code
 */
public record ExpectedCodes(String text, List<String> items) {
    private static final Pattern CODE = Pattern.compile("\\d{1,9}");
    private static final Pattern CLASS = Pattern.compile("[1-9][xX]{2}");

    public ExpectedCodes {
        items = List.copyOf(items);
    }

    /** The codes; empty if the text is none, then {@code complain} is told once why. */
    public static Optional<ExpectedCodes> parse(String text, Consumer<String> complain) {
        List<String> items = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            String item = part.strip();
            if (item.isEmpty()) {
                continue; // as in "200," and in no text at all
            }
            if (!CODE.matcher(item).matches() && !CLASS.matcher(item).matches()) {
                complain.accept(
                        "must be codes such as 200 or classes such as 2xx, parted by commas, not \"" + item + "\"");
                return Optional.empty();
            }
            items.add(item);
        }
        return Optional.of(new ExpectedCodes(text, items));
    }

    /** Whether an answer with this code is accepted. */
    public boolean accept(int code) {
        return items.isEmpty()
                || items.stream()
                        .anyMatch(item -> Character.isDigit(item.charAt(item.length() - 1))
                                ? Integer.parseInt(item) == code
                                : item.charAt(0) - '0' == code / 100);
    }
}
