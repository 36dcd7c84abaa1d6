namespace TriggerConsole.Core.Templates;

/// <summary>Bounds of templates and of what they render.</summary>
public static class TemplateLimits
{
    /// <summary>Longest source, in bytes of UTF-8: 256 KB.</summary>
    public const int MaxSourceBytes = 256 * 1024;

    /// <summary>Most placeholders in one template.</summary>
    public const int MaxPlaceholders = 1000;

    /// <summary>Most steps in one path, and deepest nesting of a JSON template.</summary>
    public const int MaxDepth = 64;

    /// <summary>Most faults reported for one template; past it they say no more.</summary>
    public const int MaxFaults = 50;

    /// <summary>Longest output: 16 MB.</summary>
    public const int MaxOutputBytes = 16 * 1024 * 1024;

    /// <summary>Longest address. No server takes one as long, and it bounds what is recorded.</summary>
    public const int MaxUrlBytes = 64 * 1024;

    /// <summary>MQTT 5.0, section 1.5.4: a string's length has 16 bits.</summary>
    public const int MaxTopicBytes = 65_535;

    /// <summary>AMQP 0-9-1, section 4.2.5.3: a short string's length has 8 bits.</summary>
    public const int MaxRoutingKeyBytes = 255;
}
