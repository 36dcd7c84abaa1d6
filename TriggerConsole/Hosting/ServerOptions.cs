namespace TriggerConsole.Hosting;

/// <summary>Settings of the server itself, section <c>Server</c>.</summary>
internal sealed class ServerOptions
{
    public const string SectionName = "Server";

    /// <summary>The address people reach it by, when that is not the one requests come in on: <c>https://hooks.example.com</c>. Default: taken from the request.</summary>
    public string? PublicUrl { get; set; }

    /// <summary>Origins of other sites whose pages may use the hub and the API with an API key: <c>https://board.example.com</c>. Default: none.</summary>
    public IList<string> AllowedOrigins { get; } = [];
}
