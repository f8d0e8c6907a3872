package io.dkron.core.config;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Addresses written as what to look for: {@code {{ GetPrivateIP }}:8946}, or a source and steps, as in
 * {@code {{ GetAllInterfaces | include "network" "10.0.0.0/8" | attr "address" }}}. Pure over a list of addresses.
 *
 * <p>The default order of a machine's addresses: those of the default route first, IPv4 before IPv6, the smaller network
 * first.
 */
public final class AddressTemplate {
    private static final Pattern PIPELINE = Pattern.compile("\\{\\{(.*?)}}");
    private static final Pattern TOKEN =
            Pattern.compile("\\s*(?:\"((?:[^\"\\\\]|\\\\.)*)\"|`([^`]*)`|([^\\s|\"`]+)|(\\|))");
    private static final Comparator<NetAddress> BEST = Comparator.comparing((NetAddress a) -> !a.defaultRoute())
            .thenComparing(a -> !a.isIpv4())
            .thenComparing(NetAddress::size);

    private final List<NetAddress> machine;
    private final Consumer<String> warnings;

    private AddressTemplate(List<NetAddress> machine, Consumer<String> warnings) {
        this.machine = machine;
        this.warnings = warnings;
    }

    /** Whether a text holds a template. */
    public static boolean isIn(String text) {
        return text.contains("{{");
    }

    /**
     * Fills a text's templates.
     *
     * @param machine all addresses of this machine
     * @param warnings told when there is no private address and loopback is used instead
     * @return the text with an address for each template, IPv6 in brackets
     * @throws IllegalArgumentException when a template is wrong or does not give exactly one address; says why
     */
    public static String fill(String text, List<NetAddress> machine, Consumer<String> warnings) {
        AddressTemplate template = new AddressTemplate(machine, warnings);
        Matcher pipelines = PIPELINE.matcher(text);
        StringBuilder filled = new StringBuilder();
        while (pipelines.find()) {
            String address = template.one(pipelines.group(1));
            boolean bare = pipelines.start() == 0 || text.charAt(pipelines.start() - 1) != '[';
            String shown = address.indexOf(':') >= 0 && bare ? "[" + address + "]" : address;
            pipelines.appendReplacement(filled, Matcher.quoteReplacement(shown));
        }
        pipelines.appendTail(filled);
        if (isIn(filled.toString())) {
            throw new IllegalArgumentException("a template is not closed by }}: " + text);
        }
        return filled.toString();
    }

    private String one(String pipeline) {
        Object value = null;
        for (List<String> step : steps(pipeline)) {
            value = value == null ? source(step) : step(value, step);
        }
        String text = value instanceof String string ? string : joined(list(value, "{{ }}"), NetAddress::text, " ");
        if (text.isBlank() || text.contains(" ")) {
            throw new IllegalArgumentException(
                    "{{" + pipeline + "}} must give exactly one address, not \"" + text + "\"");
        }
        return text;
    }

    private static List<List<String>> steps(String pipeline) {
        List<List<String>> steps = new ArrayList<>();
        steps.add(new ArrayList<>());
        Matcher tokens = TOKEN.matcher(pipeline.strip());
        int end = 0;
        while (tokens.find() && tokens.start() == end) {
            end = tokens.end();
            if (tokens.group(4) != null) {
                steps.add(new ArrayList<>());
            } else {
                String word = tokens.group(1) != null
                        ? tokens.group(1).replaceAll("\\\\(.)", "$1")
                        : tokens.group(2) != null ? tokens.group(2) : tokens.group(3);
                steps.get(steps.size() - 1).add(word);
            }
        }
        if (end < pipeline.strip().length() || steps.stream().anyMatch(List::isEmpty)) {
            throw new IllegalArgumentException("cannot read the template {{" + pipeline + "}}");
        }
        return steps;
    }

    private Object source(List<String> step) {
        return switch (step.get(0)) {
            case "GetPrivateIP" -> privateIp();
            case "GetPublicIP" -> first(publics(), "public address");
            case "GetInterfaceIP" ->
                first(
                        machine.stream()
                                .filter(a -> a.name().equals(argument(step, 1)))
                                .filter(a -> !a.address().isLinkLocalAddress())
                                .sorted(Comparator.comparing(a -> !a.isIpv4()))
                                .toList(),
                        "usable address of interface " + argument(step, 1));
            case "GetAllInterfaces" -> machine;
            case "GetDefaultInterfaces" ->
                machine.stream().filter(NetAddress::defaultRoute).toList();
            case "GetPrivateInterfaces" -> privates();
            case "GetPublicInterfaces" -> publics();
            default -> throw new IllegalArgumentException("no template function: " + step.get(0));
        };
    }

    private String privateIp() {
        List<NetAddress> found = privates();
        if (!found.isEmpty()) {
            return found.get(0).text();
        }
        warnings.accept("this machine has no private address: 127.0.0.1 is used, other machines cannot reach it");
        return "127.0.0.1";
    }

    private List<NetAddress> privates() {
        return machine.stream()
                .filter(a -> a.up() && a.isPrivate())
                .sorted(BEST)
                .toList();
    }

    private List<NetAddress> publics() {
        return machine.stream().filter(a -> a.up() && a.isPublic()).sorted(BEST).toList();
    }

    private static String first(List<NetAddress> found, String what) {
        return found.stream()
                .findFirst()
                .map(NetAddress::text)
                .orElseThrow(() -> new IllegalArgumentException("this machine has no " + what));
    }

    private Object step(Object value, List<String> step) {
        List<NetAddress> list = list(value, step.get(0));
        return switch (step.get(0)) {
            case "include" ->
                list.stream()
                        .filter(matching(argument(step, 1), argument(step, 2)))
                        .toList();
            case "exclude" ->
                list.stream()
                        .filter(matching(argument(step, 1), argument(step, 2)).negate())
                        .toList();
            case "sort" -> list.stream().sorted(order(argument(step, 1))).toList();
            case "limit" -> list.subList(0, Math.min(number(step), list.size()));
            case "offset" -> offset(list, number(step));
            case "unique" -> unique(list, argument(step, 1));
            case "join" -> joined(list, attribute(argument(step, 1)), step.size() > 2 ? step.get(2) : " ");
            case "attr" -> list.isEmpty() ? "" : attribute(argument(step, 1)).apply(list.get(0));
            case "math" -> math(list, argument(step, 1), argument(step, 2));
            default -> throw new IllegalArgumentException("no template function: " + step.get(0));
        };
    }

    @SuppressWarnings("unchecked")
    private static List<NetAddress> list(Object value, String function) {
        if (value instanceof List) {
            return (List<NetAddress>) value;
        }
        throw new IllegalArgumentException(function + " needs a list of addresses before it, not a text");
    }

    private static List<NetAddress> offset(List<NetAddress> list, int number) {
        int from = number < 0 ? list.size() + number : number;
        return list.subList(Math.max(0, Math.min(from, list.size())), list.size());
    }

    private static List<NetAddress> unique(List<NetAddress> list, String attribute) {
        Map<String, NetAddress> first = new LinkedHashMap<>();
        list.forEach(a -> first.putIfAbsent(attribute(attribute).apply(a), a));
        return List.copyOf(first.values());
    }

    private static String joined(List<NetAddress> list, Function<NetAddress, String> attribute, String separator) {
        return list.stream().map(attribute).collect(Collectors.joining(separator));
    }

    private static List<NetAddress> math(List<NetAddress> list, String what, String steps) {
        if (!steps.matches("[+-]?\\d{1,18}") || !(what.equals("address") || what.equals("network"))) {
            throw new IllegalArgumentException(
                    "math takes \"address\" or \"network\" and a number, not " + what + " " + steps);
        }
        return list.stream()
                .map(a -> a.plus(Long.parseLong(steps), what.equals("network")))
                .toList();
    }

    private static Predicate<NetAddress> matching(String selector, String wanted) {
        return switch (selector) {
            case "name" -> a -> Pattern.compile(wanted).matcher(a.name()).find();
            case "address" -> a -> Pattern.compile(wanted).matcher(a.text()).find();
            case "network" -> a -> a.isIn(wanted);
            case "type" -> a -> wanted.equalsIgnoreCase(type(a)) || wanted.equalsIgnoreCase("ip");
            case "flags", "flag" -> a -> a.flags().containsAll(List.of(wanted.split("\\|")));
            case "rfc" -> a -> rfc(wanted).stream().anyMatch(a::isIn);
            case "size" -> a -> a.size().equals(new BigInteger(wanted));
            default -> throw new IllegalArgumentException("include and exclude know no \"" + selector + "\"");
        };
    }

    private static List<String> rfc(String number) {
        return switch (number) {
            case "1918" -> List.of("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16");
            case "4193" -> List.of("fc00::/7");
            case "6598" -> List.of("100.64.0.0/10");
            case "3927" -> List.of("169.254.0.0/16");
            case "4291" -> List.of("fe80::/10", "::1/128");
            case "1122", "3330" -> List.of("127.0.0.0/8");
            case "6890" ->
                List.of(
                        "10.0.0.0/8",
                        "100.64.0.0/10",
                        "127.0.0.0/8",
                        "169.254.0.0/16",
                        "172.16.0.0/12",
                        "192.0.0.0/24",
                        "192.168.0.0/16",
                        "198.18.0.0/15",
                        "fc00::/7",
                        "fe80::/10",
                        "::1/128");
            default -> throw new IllegalArgumentException("the template knows no networks of RFC " + number);
        };
    }

    private static Comparator<NetAddress> order(String keys) {
        Comparator<NetAddress> all = null;
        for (String key : keys.split(",")) {
            boolean down = key.strip().startsWith("-");
            Comparator<NetAddress> one = by(key.strip().replaceFirst("^[+-]", ""));
            Comparator<NetAddress> directed = down ? one.reversed() : one;
            all = all == null ? directed : all.thenComparing(directed);
        }
        return all;
    }

    private static Comparator<NetAddress> by(String key) {
        return switch (key) {
            case "name" -> Comparator.comparing(NetAddress::name);
            case "address" ->
                Comparator.comparing(a -> new BigInteger(1, a.address().getAddress()));
            case "network", "size" -> Comparator.comparing(NetAddress::size);
            case "type" -> Comparator.comparing(a -> !a.isIpv4());
            case "default" -> Comparator.comparing(a -> !a.defaultRoute());
            case "private" -> Comparator.comparing(a -> !a.isPrivate());
            default -> throw new IllegalArgumentException("sort knows no \"" + key + "\"");
        };
    }

    private static Function<NetAddress, String> attribute(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "address" -> NetAddress::text;
            case "name" -> NetAddress::name;
            case "network" -> NetAddress::network;
            case "type" -> AddressTemplate::type;
            case "size" -> a -> a.size().toString();
            case "flags" -> a -> String.join("|", a.flags());
            default -> throw new IllegalArgumentException("an address has no attribute \"" + name + "\"");
        };
    }

    private static String type(NetAddress address) {
        return address.isIpv4() ? "IPv4" : "IPv6";
    }

    private static String argument(List<String> step, int index) {
        if (step.size() <= index) {
            throw new IllegalArgumentException(step.get(0) + " lacks its argument " + index);
        }
        return step.get(index);
    }

    private static int number(List<String> step) {
        String text = argument(step, 1);
        if (!text.matches("-?\\d{1,6}") || step.get(0).equals("limit") && text.startsWith("-")) {
            throw new IllegalArgumentException(step.get(0) + " takes a number, not " + text);
        }
        return Integer.parseInt(text);
    }
}
