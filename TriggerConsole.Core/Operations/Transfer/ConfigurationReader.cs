using System.Text.Json;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Operations.Transfer;

/// <summary>Reads a file that may be anything: what is no configuration of ours is refused with a sentence, before it costs anything.</summary>
internal static class ConfigurationReader
{
    public const int MaxBytes = 16 << 20;
    public const int MaxItems = 20_000;

    private static readonly JsonDocumentOptions s_document = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    /// <summary>The file; null when it cannot be read, and then <paramref name="errors"/> says why.</summary>
    public static ConfigurationFile? Read(ReadOnlyMemory<byte> utf8, FieldErrors errors)
    {
        if (utf8.Length > MaxBytes)
        {
            errors.Add("", $"The file has {utf8.Length:N0} bytes. A configuration has at most {MaxBytes:N0}.");
            return null;
        }
        if (utf8.Span.StartsWith("\uFEFF"u8)) utf8 = utf8[3..]; // some editors begin files with it
        try
        {
            using var document = JsonDocument.Parse(utf8, s_document);
            if (!IsOurs(document.RootElement, errors)) return null;
            var file = document.Deserialize<ConfigurationFile>(CoreJson.Options)!;
            CheckItems(file, errors);
            return errors.Any ? null : file;
        }
        catch (JsonException exception)
        {
            var fault = JsonFaults.Describe(exception);
            errors.Add(fault.Field, fault.Message);
            return null;
        }
        catch (InvalidOperationException)
        {
            // Found only when a text is taken out
            errors.Add("", "The file holds text that is no text: broken UTF-8, or half of a surrogate pair. Export it again.");
            return null;
        }
    }

    // Before the rest is looked at: in a later format everything may have another name
    private static bool IsOurs(JsonElement root, FieldErrors errors)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("format", out var format) || format.ValueKind != JsonValueKind.String || format.GetString() != ConfigurationFile.FormatName)
        {
            errors.Add("format", $"This is no configuration of TriggerConsole: it does not begin with \"format\": \"{ConfigurationFile.FormatName}\".");
            return false;
        }
        if (!root.TryGetProperty("version", out var version) || version.ValueKind != JsonValueKind.Number || !version.TryGetInt32(out var number) || number < 1)
        {
            errors.Add("version", $"Give the version of the format: {ConfigurationFile.CurrentVersion}.");
            return false;
        }
        if (number > ConfigurationFile.CurrentVersion)
        {
            errors.Add("version", $"This file has version {number} of the format, and this TriggerConsole knows {ConfigurationFile.CurrentVersion}. Import it with the version that exported it, or a later one.");
            return false;
        }
        return true;
    }

    private static void CheckItems(ConfigurationFile file, FieldErrors errors)
    {
        Check("callbacks", file.Callbacks, item => item?.Id);
        Check("mqttBrokers", file.MqttBrokers, item => item?.Id);
        Check("amqpBrokers", file.AmqpBrokers, item => item?.Id);
        Check("amqpExchanges", file.AmqpExchanges, item => item?.Id);
        Check("amqpBindings", file.AmqpBindings, item => item?.Id);
        Check("triggers", file.Triggers, item => item?.Id);
        Check("schedules", file.Schedules, item => item?.Id);

        void Check<T>(string list, IReadOnlyList<T> items, Func<T, Guid?> idOf)
        {
            if (items.Count > MaxItems)
            {
                errors.Add(list, $"There are {items.Count:N0} entries here. At most {MaxItems:N0} are read.");
                return;
            }
            var seen = new Dictionary<Guid, int>();
            for (var i = 0; i < items.Count; i++)
            {
                if (idOf(items[i]) is not { } id) errors.Add($"{list}[{i}]", "There is nothing here. Take the entry out.");
                else if (id == Guid.Empty) errors.Add($"{list}[{i}].id", "An id of zeros means none. Give each entry an id of its own.");
                else if (!seen.TryAdd(id, i)) errors.Add($"{list}[{i}].id", $"{list}[{seen[id]}] has the same id. Give each entry an id of its own.");
            }
        }
    }
}
