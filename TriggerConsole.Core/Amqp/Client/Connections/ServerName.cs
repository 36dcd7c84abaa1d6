using System.Text;

namespace TriggerConsole.Core.Amqp.Client.Connections;

/// <summary>Who the broker says it is.</summary>
internal static class ServerName
{
    private const int Longest = 100;

    /// <summary><c>RabbitMQ 3.10.8</c>; null when it says nothing.</summary>
    public static string? Of(IDictionary<string, object?>? properties)
    {
        if (properties is null) return null;
        var name = Words.Safe($"{Text("product")} {Text("version")}".Trim(), Longest);
        return name.Length == 0 ? null : name;

        string Text(string key) => properties.TryGetValue(key, out var value) && value is byte[] bytes ? Encoding.UTF8.GetString(bytes) : "";
    }
}
