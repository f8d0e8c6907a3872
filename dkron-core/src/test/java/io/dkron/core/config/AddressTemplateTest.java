package io.dkron.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTemplateTest {
    private static final List<NetAddress> MACHINE = List.of(
            at("lo", "127.0.0.1", 8, false),
            at("lo", "::1", 128, false),
            at("eth0", "fe80::1", 64, true),
            at("eth0", "fd00::7", 64, true),
            at("eth0", "10.1.2.3", 16, true),
            at("eth0", "203.0.113.9", 24, true),
            at("eth1", "192.168.5.6", 28, false),
            new NetAddress("down0", address("172.16.0.1"), 30, false, false));

    private static NetAddress at(String name, String address, int prefix, boolean route) {
        return new NetAddress(name, address(address), prefix, true, route);
    }

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String fill(String text) {
        return AddressTemplate.fill(text, MACHINE, warning -> {});
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '\'',
            value = {
                "{{ GetPrivateIP }}:8946; 10.1.2.3:8946",
                "{{GetPublicIP}}; 203.0.113.9",
                "{{ GetInterfaceIP \"eth1\" }}; 192.168.5.6",
                "{{ GetInterfaceIP \"eth0\" }}:1; 10.1.2.3:1",
                "{{ GetAllInterfaces | include \"network\" \"192.168.0.0/16\" | attr \"address\" }}; 192.168.5.6",
                "{{ GetAllInterfaces | include \"name\" \"^eth0$\" | include \"rfc\" \"4193\" | attr \"address\" }}:9; [fd00::7]:9",
                "[{{ GetPrivateInterfaces | include \"type\" \"IPv6\" | attr \"address\" }}]:9; [fd00::7]:9",
                "{{ GetPrivateInterfaces | sort \"size\" | limit 1 | join \"address\" \" \" }}; 192.168.5.6",
                "{{ GetPrivateInterfaces | sort \"-size,type\" | offset -1 | attr \"address\" }}; 192.168.5.6",
                "{{ GetDefaultInterfaces | exclude \"type\" \"ipv6\" | exclude \"rfc\" \"1918\" | attr \"address\" }}; 203.0.113.9",
                "{{ GetAllInterfaces | include \"flags\" \"loopback\" | unique \"name\" | attr \"address\" }}; 127.0.0.1",
                "{{ GetPrivateInterfaces | limit 1 | math \"network\" \"+9\" | attr \"address\" }}; 10.1.0.9",
                "{{ GetPrivateInterfaces | limit 1 | math \"address\" \"-1\" | attr \"address\" }}; 10.1.2.2",
                "{{ GetInterfaceIP `eth1` }}; 192.168.5.6",
                "plain.example:1; plain.example:1"
            })
    void aTemplateGivesTheAddressItDescribes(String template, String expected) {
        assertThat(fill(template)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ GetAllInterfaces | join \"address\" \" \" }}",
                "{{ GetAllInterfaces | include \"name\" \"nowhere\" | attr \"address\" }}",
                "{{ GetInterfaceIP \"nowhere\" }}",
                "{{ GetInterfaceIP }}",
                "{{ GetSomething }}",
                "{{ GetPrivateIP | limit 1 }}",
                "{{ GetAllInterfaces | limit x }}",
                "{{ GetAllInterfaces | include \"colour\" \"red\" }}",
                "{{ GetPrivateInterfaces | math \"address\" \"+99999999\" }}",
                "{{ | }}",
                "{{ GetPrivateIP"
            })
    void aTemplateThatGivesNoSingleAddressIsRefused(String template) {
        assertThatThrownBy(() -> fill(template)).isInstanceOf(IllegalArgumentException.class);
    }

    @Tag("F77")
    @Test
    void withoutAPrivateAddressLoopbackIsUsedAndWarnedOf() {
        List<String> warnings = new ArrayList<>();
        String filled = AddressTemplate.fill("{{ GetPrivateIP }}:8946", MACHINE.subList(0, 2), warnings::add);

        assertThat(filled).isEqualTo("127.0.0.1:8946");
        assertThat(warnings).hasSize(1);
    }
}
