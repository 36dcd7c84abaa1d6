namespace TriggerConsole.Core.Templates.Rendering;

/// <summary>How a value is put in: decided by format and place when the template is compiled.</summary>
internal enum Insertion
{
    /// <summary>As text, unchanged.</summary>
    Raw,

    /// <summary>As a JSON value with its type.</summary>
    JsonValue,

    /// <summary>As text inside a JSON string.</summary>
    JsonString,

    XmlText,
    XmlAttribute,
    XmlCData,

    /// <summary>In a form body.</summary>
    Form,

    /// <summary>In a path segment of a URL; the value must be there.</summary>
    UrlPath,

    /// <summary>The same, for values of the operator: slashes stay.</summary>
    UrlPathWithSlashes,

    UrlQuery,

    /// <summary>A whole URL by itself; unchanged, and judged afterwards.</summary>
    UrlWhole,

    /// <summary>The beginning of a URL, without query.</summary>
    UrlBase,

    /// <summary>The same before a literal slash: one at its own end is dropped.</summary>
    UrlBaseBeforeSlash,

    /// <summary>A part of user name, host and port.</summary>
    UrlAuthority,

    Header,
    MqttTopic,
    RoutingKey,
}

/// <summary>A part of a compiled template: literal bytes, or a placeholder and how its value is put in.</summary>
internal readonly record struct Segment(byte[]? Literal, Placeholder? Placeholder, Insertion Insertion);
