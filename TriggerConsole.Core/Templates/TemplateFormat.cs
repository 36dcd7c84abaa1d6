namespace TriggerConsole.Core.Templates;

/// <summary>
/// Where the rendered text goes; it decides how values are escaped and what is refused. In every format a value whose
/// placeholder has no default and that the event lacks (or has as JSON null) is empty, unless said otherwise.
/// </summary>
public enum TemplateFormat
{
    /// <summary>
    /// A JSON document (RFC 8259), sent as it was typed but for its placeholders, which stand in strings. A string that is
    /// exactly one placeholder takes the typed value: objects, numbers, true, and null where there is none. Its default is
    /// typed as well when it is itself JSON (<c>|0</c>, <c>|false</c>, <c>|[]</c>, <c>|"0"</c>), else a string.
    /// In longer strings and in names, text is inserted escaped. In strings <c>{{</c> and <c>}}</c> are literal braces. Names
    /// that stand twice are refused as typed; names that become the same by their values are not noticed.
    /// </summary>
    Json,

    /// <summary>
    /// An XML 1.0 document without DTD, sent as it was typed but for its placeholders, which stand in text, attribute values
    /// and CDATA. Values are escaped; characters that XML forbids become U+FFFD.
    /// </summary>
    Xml,

    /// <summary>Plain text body: inserted as it is.</summary>
    Text,

    /// <summary>
    /// An <c>application/x-www-form-urlencoded</c> body: pairs <c>name=value</c>, parted by <c>&amp;</c> or a line break.
    /// Values are form-encoded; in what is typed, spaces and other languages' letters are, and <c>%</c> begins an escape.
    /// </summary>
    Form,

    /// <summary>
    /// An absolute http or https URL: values are percent-encoded (RFC 3986); scheme, user name, host and port are fixed, or
    /// come from <c>{env:NAME}</c>. In the path a missing or empty value is an error (<c>template_value_missing</c>), and no
    /// segment can become <c>.</c> or <c>..</c> (<c>template_bad_path</c>); secrets and environment variables keep their slashes there.
    /// </summary>
    Url,

    /// <summary>
    /// A header value (RFC 9110, section 5.5): CR, LF, NUL (<c>template_line_break</c>) and other control characters but tab
    /// (<c>template_control_character</c>) are refused. Other languages' letters are UTF-8, which the RFC lets
    /// through as obs-text: the sender has to encode header values as UTF-8. JSON is inserted compact.
    /// </summary>
    Header,

    /// <summary>A value that its user encodes itself: a query value, a user name, a password.</summary>
    Plain,

    /// <summary>
    /// An MQTT topic name (MQTT 5.0, section 4.7): wildcards, NUL and other control characters, the empty name and more than
    /// 65,535 bytes are refused (<c>template_bad_topic</c>).
    /// </summary>
    MqttTopic,

    /// <summary>
    /// An AMQP routing key: control characters (<c>template_bad_routing_key</c>) and more than 255 bytes of UTF-8
    /// (<c>routing_key_too_long</c>) are refused. It may be empty.
    /// </summary>
    RoutingKey,
}
