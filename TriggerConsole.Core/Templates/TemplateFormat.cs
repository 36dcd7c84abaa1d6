namespace TriggerConsole.Core.Templates;

/// <summary>Where the rendered text goes; it decides how values are escaped and what is refused.</summary>
public enum TemplateFormat
{
    /// <summary>A JSON document. A string that is exactly one placeholder takes the typed value; elsewhere in strings text is inserted escaped (RFC 8259).</summary>
    Json,

    /// <summary>An XML document. Text and attribute values are escaped (XML 1.0).</summary>
    Xml,

    /// <summary>Plain text body: inserted as it is.</summary>
    Text,

    /// <summary>An <c>application/x-www-form-urlencoded</c> body: values are form-encoded.</summary>
    Form,

    /// <summary>An absolute URL: values are percent-encoded (RFC 3986), scheme and host are fixed.</summary>
    Url,

    /// <summary>A header value (RFC 9110, section 5.5): CR, LF and NUL are refused.</summary>
    Header,

    /// <summary>A value that its user encodes itself: a query value, a user name, a password.</summary>
    Plain,

    /// <summary>An MQTT topic name: wildcards, NUL and the empty name are refused.</summary>
    MqttTopic,

    /// <summary>An AMQP routing key: at most 255 bytes.</summary>
    RoutingKey,
}
