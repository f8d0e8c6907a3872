package io.dkron.cli.print;

import java.io.Console;
import java.lang.reflect.InvocationTargetException;
import java.util.Map;

/**
 * What the standard streams are.
 *
 * @param person whether somebody sits there who reads and can be asked
 * @param colour whether colours are shown
 */
public record Terminal(boolean person, boolean colour) {
    /** A file, a pipe, or a program that reads. */
    public static final Terminal NONE = new Terminal(false, false);

    private static final String RESET = "\u001b[0m";

    /** Those of this process: a person where both input and output are a terminal, colours unless NO_COLOR is set. */
    public static Terminal here(Map<String, String> environment) {
        boolean person = interactive(System.console());
        String no = environment.getOrDefault("NO_COLOR", "");
        return new Terminal(person, person && no.isEmpty() && !"dumb".equals(environment.get("TERM")));
    }

    /** Since Java 22 there is a console without a terminal too, and a method that tells. */
    private static boolean interactive(Console console) {
        if (console == null) {
            return false;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException e) {
            return true; // Java before 22: it is there only for a terminal
        } catch (IllegalAccessException | InvocationTargetException e) {
            return false;
        }
    }

    public String green(String text) {
        return colour ? "\u001b[32m" + text + RESET : text;
    }

    public String red(String text) {
        return colour ? "\u001b[31m" + text + RESET : text;
    }

    public String bold(String text) {
        return colour ? "\u001b[1m" + text + RESET : text;
    }
}
