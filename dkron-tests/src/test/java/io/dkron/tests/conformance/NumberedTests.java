package io.dkron.tests.conformance;

import com.tngtech.archunit.core.domain.JavaAnnotation;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Which test classes show which number, read from the compiled tests of all modules. A test method carries a number in a
 * {@code @Tag}, in its {@code @DisplayName}, in a row of its {@code @CsvSource}, or at the beginning of its name:
 * {@code c151AndC153AKilledLeader} has two, {@code c017ToC020ListsArePaged} has four. A method that is disabled, or lies in
 * a class that no run picks up, carries none. Immutable.
 */
final class NumberedTests {
    private static final Pattern NUMBER = Pattern.compile("\\b(C\\d{3}|F\\d{2})\\b");
    private static final Pattern IN_NAME = Pattern.compile("\\G(To|And)?([cC]\\d{3}|[fF]\\d{2})(?!\\d)");
    private static final Set<String> TESTS = Set.of(
            "org.junit.jupiter.api.Test",
            "org.junit.jupiter.api.RepeatedTest",
            "org.junit.jupiter.api.TestFactory",
            "org.junit.jupiter.params.ParameterizedTest");
    private static final Pattern RUN = Pattern.compile(".*(Test|IT|Contract)");

    private final Map<String, Set<String>> classes = new TreeMap<>();

    private NumberedTests() {}

    /** As if these classes had tests of these numbers. */
    static NumberedTests of(Map<String, Set<String>> classes) {
        NumberedTests tests = new NumberedTests();
        tests.classes.putAll(classes);
        return tests;
    }

    /** The tests of every module under that root that has compiled ones. */
    static NumberedTests below(Path root) {
        NumberedTests tests = new NumberedTests();
        for (JavaClass type : new ClassFileImporter().importPaths(compiled(root))) {
            if (RUN.matcher(type.getSimpleName()).matches()) {
                type.getMethods().forEach(tests::read);
            }
        }
        return tests;
    }

    private static List<Path> compiled(Path root) {
        try (Stream<Path> modules = Stream.concat(Files.list(root), Files.list(root.resolve("dkron-connectors")))) {
            return modules.map(m -> m.resolve("target/test-classes"))
                    .filter(Files::isDirectory)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Simple names of the classes with a test of that number, in order. */
    Set<String> of(String number) {
        return classes.getOrDefault(number, Set.of());
    }

    /** All numbers that begin with that letter. */
    Set<String> numbers(char letter) {
        Set<String> some = new TreeSet<>(classes.keySet());
        some.removeIf(n -> n.charAt(0) != letter);
        return some;
    }

    private void read(JavaMethod method) {
        boolean runs = method.getAnnotations().stream()
                        .anyMatch(a -> TESTS.contains(a.getRawType().getName()))
                && !method.isAnnotatedWith("org.junit.jupiter.api.Disabled");
        if (runs) {
            String name = method.getOwner().getSimpleName();
            numbers(method)
                    .forEach(n ->
                            classes.computeIfAbsent(n, any -> new TreeSet<>()).add(name));
        }
    }

    private static Set<String> numbers(JavaMethod method) {
        Set<String> numbers = inName(method.getName());
        for (JavaAnnotation<?> annotation : method.getAnnotations()) {
            annotation.getProperties().values().forEach(v -> gather(v, numbers));
        }
        return numbers;
    }

    private static void gather(Object value, Set<String> numbers) {
        if (value instanceof JavaAnnotation<?> nested) { // @Tags, made by the compiler of several @Tag
            nested.getProperties().values().forEach(v -> gather(v, numbers));
        } else if (value instanceof Object[] many) {
            for (Object one : many) {
                gather(one, numbers);
            }
        } else if (value instanceof String text) {
            NUMBER.matcher(text).results().forEach(r -> numbers.add(r.group()));
        }
    }

    /** The numbers that a method's name begins with. */
    static Set<String> inName(String name) {
        Set<String> numbers = new TreeSet<>();
        Matcher matcher = IN_NAME.matcher(name);
        String last = "";
        while (matcher.find()) {
            String number = matcher.group(2).toUpperCase(java.util.Locale.ROOT);
            if ("To".equals(matcher.group(1))) {
                for (int i = value(last) + 1; i < value(number); i++) {
                    numbers.add(number.charAt(0) + String.format("%0" + (number.length() - 1) + "d", i));
                }
            }
            numbers.add(number);
            last = number;
        }
        return numbers;
    }

    private static int value(String number) {
        return Integer.parseInt(number.substring(1));
    }
}
