namespace TriggerConsole.Tests.Mqtt.Statements;

/// <summary>
/// What the standards (OASIS MQTT 5.0 of 7 March 2019 and 3.1.1 of 29 October 2014) and this project ask of a client. Tests name
/// the statement they hold in a trait "mqtt" or in a row of <see cref="MqttRows"/>: by its number in 5.0, or where it has
/// none by the name in the second column.
/// </summary>
internal static class MqttStatements
{
    /// <summary>Statements that bind nobody here, and why.</summary>
    public static IReadOnlyDictionary<string, string> NotApplicable { get; } = new Dictionary<string, string>
    {
        ["MQTT-4.12.0-2"] = "Enhanced authentication is not offered; MQTT-4.12.0-6 and -7 hold what follows from that.",
        ["MQTT-4.12.0-3"] = "Enhanced authentication is not offered.",
        ["MQTT-4.12.0-5"] = "Enhanced authentication is not offered.",
        ["MQTT-4.12.1-1"] = "Enhanced authentication is not offered.",
        ["MQTT-4.12.1-2"] = "Enhanced authentication is not offered.",
        ["MQTT-3.1.2-30"] = "No Authentication Method is ever sent.",
    };

    /// <summary>Section, numbers of 5.0 (or the name), numbers of 3.1.1, what it asks.</summary>
    private const string Table = """
        A | MQTT-1.5.4-1 | MQTT-1.4.0-1 | Strings are well-formed UTF-8
        A | MQTT-1.5.4-2 | MQTT-1.4.0-2 | No U+0000 in a string
        A | MQTT-1.5.4-3 | MQTT-1.4.0-3 | U+FEFF is never stripped
        A | 1.5.4 String length | | Strings are at most 65,535 bytes
        A | 1.5.4 Control characters | | Control characters are tolerated on receipt
        A | MQTT-1.5.5-1 | | Variable Byte Integers use the minimum number of bytes, at most four
        A | 1.5.6 Binary length | | Binary data is at most 65,535 bytes
        A | MQTT-1.5.7-1 | | Both parts of a string pair obey the string rules
        B | 2.1.2 Reserved types | | Types 0 and, in 3.1.1, 15 are forbidden
        B | MQTT-2.1.3-1 | MQTT-2.2.2-1 MQTT-2.2.2-2 | Reserved flag bits have the listed value
        B | Table 2-1 | | Packets that only clients send never come from a server
        B | MQTT-2.2.1-2 | MQTT-2.3.1-5 | No packet identifier at QoS 0
        B | MQTT-2.2.1-3 | MQTT-2.3.1-1 MQTT-2.3.1-2 | Identifiers are non-zero and not in use, one space for all kinds
        B | MQTT-2.2.1-5 | MQTT-2.3.1-6 | Acknowledgements carry the identifier of the PUBLISH
        B | MQTT-2.2.1-6 | MQTT-2.3.1-7 | SUBACK and UNSUBACK carry the identifier of the request
        B | MQTT-2.2.2-1 | | Property length 0 is written when there are none
        B | 2.2.2.2 Properties | | Properties occur once, whole, and where they are allowed
        B | 2.2.2 Property length | | Lengths fit the packet, and no bytes are left over
        C | MQTT-3.1.0-1 | MQTT-3.1.0-1 | CONNECT is the first packet
        C | MQTT-3.1.0-2 | MQTT-3.1.0-2 | CONNECT is sent once
        C | MQTT-3.1.2-1 MQTT-3.1.2-2 | | Name "MQTT", level 5 or 4
        C | MQTT-3.1.2-3 | | The reserved connect flag is 0
        C | MQTT-3.1.2-4 | MQTT-3.1.2-6 | A clean start drops the client's own old session
        C | MQTT-3.1.2-9 MQTT-3.1.2-11 MQTT-3.1.2-12 MQTT-3.1.2-13 | MQTT-3.1.2-14 MQTT-3.1.2-15 | Will flag, QoS, retain and fields agree
        C | MQTT-3.1.2-16 MQTT-3.1.2-17 MQTT-3.1.2-18 MQTT-3.1.2-19 | | User name and password flags match the payload
        C | MQTT-3.1.2-30 | | With an Authentication Method, only AUTH or DISCONNECT until CONNACK
        C | MQTT-3.1.3-1 MQTT-3.1.3-3 MQTT-3.1.3-4 | | Order of the CONNECT payload
        C | MQTT-3.1.3-6 MQTT-3.1.3-7 | | Empty client id
        C | MQTT-3.1.3-11 MQTT-3.1.3-12 | MQTT-3.1.3-10 | Will topic and user name are strings, the password is bytes
        C | 3.1.2.11 Limits | | Receive Maximum 0 and Maximum Packet Size 0 are never sent
        C | 3.1.4 Wait for CONNACK | | Nothing follows CONNECT before CONNACK
        D | MQTT-3.2.0-1 | | The first packet from the server is CONNACK
        D | MQTT-3.2.0-2 | | A second CONNACK is an error
        D | MQTT-3.2.2-1 | | Acknowledge flag bits 7 to 1 are 0
        D | MQTT-3.2.2-4 | | Session Present without a session is an error
        D | MQTT-3.2.2-5 | | Session Present 0 discards the client's session
        D | MQTT-3.2.2-6 MQTT-3.2.2-7 MQTT-3.2.2-8 | | Refusals reach the caller and are not retried in a hot loop
        D | MQTT-3.2.2-9 MQTT-3.2.2-11 | | Maximum QoS is never exceeded
        D | MQTT-3.2.2-14 | | No RETAIN when it is not available
        D | MQTT-3.2.2-15 | | No packet above the server's Maximum Packet Size
        D | MQTT-3.2.2-17 MQTT-3.2.2-18 | | No topic alias above the server's maximum
        D | MQTT-3.1.2-21 MQTT-3.2.2-21 | | Server Keep Alive replaces the own value
        D | 3.2.2.3.11 Availability | | Wildcards, subscription identifiers, shared subscriptions are not used when not available
        D | 3.2.2.3.3 Receive Maximum | | Receive Maximum 0 is an error
        D | 4.11 Server Reference | | A server reference is not followed
        E | MQTT-3.3.1-1 MQTT-3.3.1-3 | | DUP on a re-delivery, and only then
        E | MQTT-3.3.1-2 MQTT-4.3.1-1 | | DUP is 0 at QoS 0
        E | MQTT-3.3.1-4 | | No QoS 3
        E | MQTT-3.3.2-1 MQTT-3.3.2-2 | | Topic names have no wildcards
        E | MQTT-3.3.2-8 MQTT-3.3.2-9 | | Topic alias 0 never
        E | MQTT-3.3.2-13 MQTT-3.3.2-14 | | Response topics have no wildcards
        E | MQTT-3.3.2-19 | | The content type is UTF-8
        E | MQTT-3.3.4-6 | | No Subscription Identifier in a client's PUBLISH
        E | MQTT-4.3.2-1 MQTT-4.3.2-2 MQTT-4.3.2-3 | MQTT-4.3.2-1 | QoS 1: unused id, DUP 0 first, unacknowledged until PUBACK
        E | MQTT-3.4.2-1 MQTT-4.4.0-2 | | A refusing PUBACK ends the exchange
        E | MQTT-4.3.3-1 MQTT-4.3.3-2 MQTT-4.3.3-3 MQTT-4.3.3-5 | MQTT-4.3.3-1 | QoS 2: unacknowledged until PUBREC, then until PUBCOMP
        E | MQTT-4.3.3-4 | | PUBREL only after a PUBREC that does not refuse
        E | MQTT-4.3.3-6 | | PUBLISH is not sent again once PUBREL was sent
        E | MQTT-4.3.3-7 | | No expiry once PUBLISH was sent
        E | MQTT-3.3.4-1 | | The wrong kind of acknowledgement never counts
        E | 4.3 Unknown identifiers | | Acknowledgements of unknown identifiers do no harm
        E | 4.3 Duplicate acknowledgements | | Duplicate acknowledgements complete once
        E | Project: delivered only when acknowledged | | Silence is an unknown outcome
        F | MQTT-4.5.0-2 | | Every PUBLISH is acknowledged by its QoS
        F | MQTT-4.3.2-4 | MQTT-4.3.2-2 | PUBACK after taking ownership
        F | MQTT-4.3.2-5 | | After PUBACK the same id is a new message
        F | MQTT-4.3.3-8 MQTT-4.3.3-10 | MQTT-4.3.3-2 | A repeated QoS 2 PUBLISH is not delivered again
        F | MQTT-4.3.3-9 | | After a refusing PUBREC the id is new
        F | MQTT-4.3.3-11 | | PUBREL is answered with PUBCOMP
        F | MQTT-4.3.3-12 MQTT-4.3.3-13 | | After PUBCOMP the id is new; expiry does not break the exchange
        F | MQTT-2.2.1-4 | | QoS > 0 has an identifier
        F | MQTT-4.7.3-1 | | Topics are not empty
        F | MQTT-3.1.2-24 | | The size of a packet is checked before memory is taken
        F | 3.3.2.3.2 Payload Format | | Payload Format Indicator is 0 or 1
        F | 3.3.2.3.8 Subscription Identifier | | Subscription Identifier is not 0
        F | MQTT-3.3.2-7 | | Topic aliases end with the connection
        F | MQTT-3.3.2-10 MQTT-3.3.2-11 | | Topic aliases from 1 to our maximum
        F | MQTT-3.1.2-29 | | Request Problem Information
        G | MQTT-3.3.4-7 MQTT-4.9.0-1 MQTT-4.9.0-2 | | Never more unacknowledged publishes than the server's Receive Maximum
        G | MQTT-3.3.4-8 MQTT-4.9.0-3 | | Other packets are not held back
        G | 4.9 Quota | | The quota rises once per acknowledgement
        G | MQTT-3.3.4-9 | | The server may not exceed our Receive Maximum
        G | MQTT-4.6.0-1 | | Resends keep the order
        G | MQTT-4.6.0-2 MQTT-4.6.0-3 MQTT-4.6.0-4 | | Acknowledgements keep the order
        G | 4.6 Window of one | | An in-flight window of 1 gives strict order
        H | MQTT-3.1.2-23 MQTT-4.1.0-1 | | Session state is kept for the whole session
        H | MQTT-4.4.0-1 | | Resend on reconnect with a session, and at no other time
        H | MQTT-3.1.3-2 | | State belongs to the client id; a take-over is no hot loop
        H | Project: session over a restart | | A new client starts clean; the durable queue sends again
        H | Project: back-off | | Reconnects back off until a connection has lived
        H | Project: subscriptions again | | Subscriptions are made again when the session was lost, not otherwise
        I | MQTT-3.8.1-1 MQTT-3.10.1-1 | | Flags of SUBSCRIBE and UNSUBSCRIBE
        I | MQTT-3.8.3-1 MQTT-3.8.3-2 MQTT-3.10.3-1 MQTT-3.10.3-2 | MQTT-3.8.3-3 | Filters are UTF-8; at least one
        I | MQTT-3.8.3-4 | | No Local never on a shared subscription
        I | MQTT-3.8.3-5 | MQTT-3-8.3-4 | Option bits
        I | MQTT-3.8.4-2 MQTT-3.8.4-6 | MQTT-3.8.4-5 | SUBACK has one code per filter
        I | MQTT-3.8.4-7 MQTT-3.9.3-1 MQTT-3.9.3-2 | | Codes are read in order and shown
        I | MQTT-3.10.4-5 MQTT-3.11.3-1 MQTT-3.11.3-2 | MQTT-3.10.4-4 | UNSUBACK likewise
        I | MQTT-3.10.4-3 | | Messages after UNSUBSCRIBE are acknowledged
        I | MQTT-4.7.0-1 MQTT-4.7.1-1 MQTT-4.7.1-2 | MQTT-4.7.1-3 | Wildcards
        I | MQTT-4.7.3-2 MQTT-4.7.3-3 | | Topics have no U+0000 and at most 65,535 bytes
        I | MQTT-4.7.3-4 | | No normalisation
        I | MQTT-4.7.2-1 | | Wildcards at the start do not match $ topics
        I | MQTT-4.8.2-1 MQTT-4.8.2-2 | | Shared subscriptions
        J | MQTT-3.1.2-20 | MQTT-3.1.2-23 | Never longer than the keep-alive without a packet
        J | 3.1.2.10 No PINGRESP | | No answer to PINGREQ closes
        J | MQTT-3.1.2-22 | MQTT-3.1.2-24 | The server closes after one and a half intervals
        J | Project: monotonic timers | | A jump of the wall clock does nothing
        K | MQTT-3.14.4-1 MQTT-3.14.4-2 | | Nothing after DISCONNECT
        K | MQTT-3.14.1-1 | | Flags of DISCONNECT
        K | MQTT-3.14.2-1 | | Only reason codes that a client may send
        K | 3.14.2.2.2 Session Expiry | | Session Expiry in DISCONNECT not from 0
        K | MQTT-3.14.2-2 | | Session Expiry in a server's DISCONNECT
        K | Table 3-10 | | The reason of a server's DISCONNECT reaches the caller
        K | MQTT-3.4.2-2 MQTT-3.4.2-3 MQTT-3.5.2-2 MQTT-3.5.2-3 MQTT-3.6.2-2 MQTT-3.6.2-3 MQTT-3.7.2-2 MQTT-3.7.2-3 MQTT-3.14.2-3 MQTT-3.14.2-4 MQTT-3.15.2-2 MQTT-3.15.2-3 | | Reason String and User Property yield to the Maximum Packet Size
        K | MQTT-3.15.1-1 MQTT-3.15.2-1 | | Flags and codes of AUTH
        K | MQTT-4.12.0-6 MQTT-4.12.0-7 | | No AUTH without an Authentication Method
        K | MQTT-4.12.0-2 MQTT-4.12.0-3 MQTT-4.12.0-5 MQTT-4.12.1-1 MQTT-4.12.1-2 | | Enhanced authentication
        K | MQTT-4.13.2-1 | MQTT-4.8.0-1 MQTT-4.8.0-2 | Errors close, in 5.0 with the reason
        L | MQTT-6.0.0-1 | | Binary frames only
        L | MQTT-6.0.0-2 | | Packets are not aligned with frames
        L | MQTT-6.0.0-3 MQTT-6.0.0-4 | | Sub-protocol mqtt
        M | Project: bytewise arrival | | Slow bytes are accepted until the packet deadline
        M | Project: many small packets | | The inbound queue is bounded
        M | Project: silent server | | Connecting ends within its time
        M | Project: server that stops reading | | Publishing ends within its time, memory is bounded
        M | Project: not an MQTT server | | The error names what was seen
        M | Project: TLS | | No CONNECT to a server that is not who it should be
        M | Project: log safety | | What the broker says is escaped and cut
        M | Project: secrets | | User name and password are never shown
        M | Project: destination policy | | The host program's dial decides on each connection
        M | Project: leaks | | Connections leave nothing behind
        """;

    public static IReadOnlyList<(string Section, string[] Ids, string[] Ids311, string Text)> All { get; } = [.. Table.Split('\n').Select(line =>
    {
        var cells = line.Split('|').Select(cell => cell.Trim()).ToArray();
        return (cells[0], Split(cells[1]), Split(cells[2]), cells[3]);
    })];

    private static string[] Split(string cell) => cell.StartsWith("MQTT-", StringComparison.Ordinal) ? cell.Split(' ') : cell.Length > 0 ? [cell] : [];
}
