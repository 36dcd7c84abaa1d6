using System.Text.Json;

namespace TriggerConsole.Components.Pages.Events;

/// <summary>What is sent when someone tries a callback from the pages: something to recognise, and a little to pick apart in templates.</summary>
internal static class SampleEvent
{
    public static byte[] Body(DateTimeOffset now)
        => JsonSerializer.SerializeToUtf8Bytes(new { type = "test.fired", message = "Hello from TriggerConsole", order = new { id = 42, total = 99.5 }, sentAt = now.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture) });
}
