//! Which IP addresses may be contacted.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Why an address is not one of the public internet, after the IANA special-purpose registries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AddressClass {
    /// `127.0.0.0/8`, `::1`.
    Loopback,
    /// `0.0.0.0/8`, `::`; many systems connect these to themselves.
    Unspecified,
    /// `169.254.169.254` and its like, where clouds hand out credentials.
    CloudMetadata,
    /// `169.254.0.0/16`, `fe80::/10`.
    LinkLocal,
    /// `10.0.0.0/8`, `172.16.0.0/12`, `192.168.0.0/16`, `fc00::/7`.
    Private,
    /// `100.64.0.0/10`.
    SharedCarrier,
    /// Ranges that carry an IPv4 address to be reached through a relay or translator: NAT64, 6to4,
    /// Teredo.
    Translated,
    /// `224.0.0.0/4`, `ff00::/8`.
    Multicast,
    /// Documentation, benchmarking, protocol assignments, and everything not given out.
    Reserved,
}

impl fmt::Display for AddressClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Loopback => "a loopback address",
            Self::Unspecified => "an unspecified address",
            Self::CloudMetadata => "a cloud metadata address",
            Self::LinkLocal => "a link-local address",
            Self::Private => "a private network address",
            Self::SharedCarrier => "a carrier-grade NAT address",
            Self::Translated => "an address of an IPv4 translation range",
            Self::Multicast => "a multicast address",
            Self::Reserved => "a reserved address",
        })
    }
}

impl AddressClass {
    /// The class of an address that is not globally routable; none for a public one.
    pub fn of(address: IpAddr) -> Option<Self> {
        match address {
            IpAddr::V4(v4) => of_v4(v4),
            IpAddr::V6(v6) => of_v6(v6),
        }
    }
}

fn of_v4(ip: Ipv4Addr) -> Option<AddressClass> {
    use AddressClass as Class;
    let class = match ip.octets() {
        [0, ..] => Class::Unspecified,
        [127, ..] => Class::Loopback,
        // the second is Alibaba Cloud's, in the carrier range
        [169, 254, 169, 254] | [100, 100, 100, 200] => Class::CloudMetadata,
        [169, 254, ..] => Class::LinkLocal,
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => Class::Private,
        [100, 64..=127, ..] => Class::SharedCarrier,
        [224..=239, ..] => Class::Multicast,
        [192, 88, 99, _] => Class::Translated,
        [192, 0, 0 | 2, _]
        | [198, 18 | 19, ..]
        | [198, 51, 100, _]
        | [203, 0, 113, _]
        | [240..=255, ..] => Class::Reserved,
        _ => return None,
    };
    Some(class)
}

fn of_v6(ip: Ipv6Addr) -> Option<AddressClass> {
    use AddressClass as Class;
    if let Some(v4) = ip.to_ipv4_mapped() {
        return of_v4(v4);
    }
    let class = match ip.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0] => Class::Unspecified,
        [0, 0, 0, 0, 0, 0, 0, 1] => Class::Loopback,
        // the deprecated IPv4-compatible form is routed nowhere, whatever it embeds
        [0, 0, 0, 0, 0, 0, high, low] => of_v4(embedded(high, low)).unwrap_or(Class::Reserved),
        [0x64, 0xff9b, ..] | [0x2002, ..] | [0x2001, 0, ..] => Class::Translated,
        [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254] => Class::CloudMetadata,
        [0xfc00..=0xfdff, ..] => Class::Private,
        [0xfe80..=0xfebf, ..] => Class::LinkLocal,
        [0xff00..=0xffff, ..] => Class::Multicast,
        [0x2001, 0x1..=0x1ff | 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => Class::Reserved,
        [0x2000..=0x3fff, ..] => return None,
        // only 2000::/3 is given out for the public internet
        _ => Class::Reserved,
    };
    Some(class)
}

fn embedded(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from((u32::from(high) << 16) | u32::from(low))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn class(text: &str) -> Option<AddressClass> {
        AddressClass::of(text.parse().unwrap())
    }

    #[test]
    fn s1_every_special_range_is_recognised_at_both_ends() {
        use AddressClass as C;
        for (text, expected) in [
            ("0.0.0.0", C::Unspecified),
            ("0.255.255.255", C::Unspecified),
            ("10.0.0.0", C::Private),
            ("10.255.255.255", C::Private),
            ("100.64.0.0", C::SharedCarrier),
            ("100.127.255.255", C::SharedCarrier),
            ("100.100.100.200", C::CloudMetadata),
            ("127.0.0.1", C::Loopback),
            ("127.255.255.255", C::Loopback),
            ("169.254.0.1", C::LinkLocal),
            ("169.254.169.254", C::CloudMetadata),
            ("172.16.0.0", C::Private),
            ("172.31.255.255", C::Private),
            ("192.0.0.8", C::Reserved),
            ("192.0.2.1", C::Reserved),
            ("192.88.99.1", C::Translated),
            ("192.168.0.0", C::Private),
            ("192.168.255.255", C::Private),
            ("198.18.0.0", C::Reserved),
            ("198.19.255.255", C::Reserved),
            ("198.51.100.7", C::Reserved),
            ("203.0.113.7", C::Reserved),
            ("224.0.0.1", C::Multicast),
            ("239.255.255.255", C::Multicast),
            ("240.0.0.0", C::Reserved),
            ("255.255.255.255", C::Reserved),
            ("::", C::Unspecified),
            ("::1", C::Loopback),
            ("::127.0.0.1", C::Loopback),
            ("::8.8.8.8", C::Reserved),
            ("::ffff:127.0.0.1", C::Loopback),
            ("::ffff:10.1.2.3", C::Private),
            ("::ffff:169.254.169.254", C::CloudMetadata),
            ("64:ff9b::8.8.8.8", C::Translated),
            ("64:ff9b:1::1", C::Translated),
            ("100::1", C::Reserved),
            ("2001::1", C::Translated),
            ("2001:2::1", C::Reserved),
            ("2001:1ff::1", C::Reserved),
            ("2001:db8::1", C::Reserved),
            ("2002:7f00:1::", C::Translated),
            ("3fff::1", C::Reserved),
            ("4000::1", C::Reserved),
            ("fc00::1", C::Private),
            ("fdff:ffff::1", C::Private),
            ("fd00:ec2::254", C::CloudMetadata),
            ("fe80::1", C::LinkLocal),
            ("febf::1", C::LinkLocal),
            ("fec0::1", C::Reserved),
            ("ff02::1", C::Multicast),
        ] {
            assert_eq!(class(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn s1_public_neighbours_of_special_ranges_pass() {
        for text in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.1",
            "169.253.255.255",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.1",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "::ffff:8.8.8.8",
            "2001:200::1",
            "2001:4860:4860::8888",
            "2003::1",
            "2a00:1450::1",
        ] {
            assert_eq!(class(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn s1_mapping_an_address_does_not_change_its_class(bits: u32) {
            let v4 = Ipv4Addr::from(bits);
            let mapped = IpAddr::V6(v4.to_ipv6_mapped());
            prop_assert_eq!(AddressClass::of(mapped), AddressClass::of(IpAddr::V4(v4)));
        }

        #[test]
        fn s1_what_the_standard_library_calls_special_is_special(bits: u32) {
            let v4 = Ipv4Addr::from(bits);
            let special = v4.is_private() || v4.is_loopback() || v4.is_link_local()
                || v4.is_multicast() || v4.is_broadcast() || v4.is_documentation()
                || v4.is_unspecified();
            prop_assert!(!special || of_v4(v4).is_some());
        }
    }
}
