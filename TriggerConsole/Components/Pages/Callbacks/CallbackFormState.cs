using System.Globalization;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Callbacks;

/// <summary>What someone has typed into the form of a callback.</summary>
internal sealed class CallbackFormState
{
    private const int Kilo = 1024;

    /// <summary>Fields in the order of the form, as the API names them.</summary>
    private static readonly string[] s_fields = ["name", "description", "path", "methods", "maxBodyBytes", "limitPerMinute", "limitPerSecond", "verification.kind", "verification.username", "verification.password", "verification.secret",
        "verification.signature.header", "verification.signature.prefix", "verification.signature.content", "verification.signature.timestampHeader", "verification.toleranceSeconds", "allowedNetworks"];

    private Values _saved = Values.Empty;

    public string Name { get; set; } = "";

    public string Description { get; set; } = "";

    public string Path { get; set; } = "";

    public HashSet<string> Methods { get; } = ["POST"];

    /// <summary>In <see cref="SizeUnit"/>; empty for the installation's limit.</summary>
    public string Size { get; set; } = "";

    /// <summary><c>KB</c> or <c>MB</c>.</summary>
    public string SizeUnit { get; set; } = "KB";

    /// <summary>Empty for the installation's limit.</summary>
    public string PerMinute { get; set; } = "";

    /// <summary>Empty for any number.</summary>
    public string PerSecond { get; set; } = "";

    public bool Enabled { get; set; } = true;

    public SenderFormState Sender { get; private set; } = new();

    /// <summary>The version that is edited; null for a new one.</summary>
    public int? Version { get; private set; }

    public IReadOnlyDictionary<string, string> Errors { get; private set; } = new Dictionary<string, string>();

    public bool IsDirty => Read() != _saved;

    /// <summary>The first field with an error, in the order of the form.</summary>
    public string? FirstError => Array.Find(s_fields, Errors.ContainsKey)?.Replace('.', '-');

    public static CallbackFormState Of(CallbackView callback)
    {
        var state = new CallbackFormState { Name = callback.Name, Description = callback.Description, Path = callback.Path ?? "", Enabled = callback.Enabled, Version = callback.Version, PerMinute = Text(callback.LimitPerMinute), PerSecond = Text(callback.LimitPerSecond) };
        state.Methods.Clear();
        state.Methods.UnionWith(callback.Methods);
        state.Sender = SenderFormState.Of(callback.Verification, callback.AllowedNetworks);
        if (callback.MaxBodyBytes is { } bytes)
        {
            state.SizeUnit = bytes >= Kilo * Kilo && bytes % Kilo == 0 ? "MB" : "KB";
            state.Size = ((decimal)bytes / Unit(state.SizeUnit)).ToString("0.######", CultureInfo.InvariantCulture);
        }
        state._saved = state.Read();
        return state;
    }

    /// <summary>The callback was switched on or off beside the form: its other fields go on from there.</summary>
    public void Switched(CallbackView callback)
    {
        (Version, Enabled) = (callback.Version, callback.Enabled);
        _saved = _saved with { Enabled = callback.Enabled };
    }

    public void Switch(string method, bool on)
    {
        if (on) Methods.Add(method);
        else Methods.Remove(method);
    }

    /// <summary>Null when something cannot even be read; then <see cref="Errors"/> says what.</summary>
    public CallbackInput? ToInput()
    {
        Errors = new Dictionary<string, string>();
        if (!TryReadSize(out var bytes))
        {
            Refuse([new("maxBodyBytes", "Give a number, for example 256, or leave it empty.")]);
            return null;
        }
        var perMinute = ReadCount(PerMinute, "limitPerMinute");
        var perSecond = ReadCount(PerSecond, "limitPerSecond");
        if (perMinute is null || perSecond is null) return null;
        return new()
        {
            Name = Name,
            Description = Description,
            Path = Path,
            Methods = [.. CallbackInput.AllMethods.Where(Methods.Contains)],
            MaxBodyBytes = bytes,
            LimitPerMinute = perMinute,
            LimitPerSecond = perSecond,
            Verification = Sender.ToVerification(),
            AllowedNetworks = Sender.ToNetworks(),
            Enabled = Enabled,
            Version = Version,
        };
    }

    /// <summary>Takes over what was found wrong; one sentence for each field.</summary>
    public void Refuse(IReadOnlyList<FieldError> errors)
        => Errors = errors.GroupBy(e => e.Field == "verification.signature.toleranceSeconds" ? "verification.toleranceSeconds" : e.Field.Split('[')[0]).ToDictionary(g => g.Key, g => g.First().Message);

    public string? ErrorOf(string field) => Errors.GetValueOrDefault(field);

    private bool TryReadSize(out int bytes)
    {
        bytes = 0;
        if (string.IsNullOrWhiteSpace(Size)) return true;
        if (!decimal.TryParse(Size.Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var size)) return false;
        // What is too large is answered by the command, in its words
        bytes = (int)Math.Min(decimal.Round(size * Unit(SizeUnit)), int.MaxValue);
        return bytes > 0;
    }

    // What is too large is answered by the command, in its words
    private int? ReadCount(string text, string field)
    {
        if (string.IsNullOrWhiteSpace(text)) return 0;
        if (long.TryParse(text.Trim().Replace(",", "", StringComparison.Ordinal), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0) return (int)Math.Min(count, int.MaxValue);
        Refuse([new(field, "Give a whole number, for example 600, or leave it empty.")]);
        return null;
    }

    private static string Text(int? count) => count?.ToString(CultureInfo.InvariantCulture) ?? "";

    private static int Unit(string unit) => unit == "MB" ? Kilo * Kilo : Kilo;

    private Values Read() => new(Name, Description, Path, string.Join(',', CallbackInput.AllMethods.Where(Methods.Contains)), Size, string.IsNullOrEmpty(Size) ? "" : SizeUnit, PerMinute, PerSecond, Enabled, Sender.Snapshot());

    private sealed record Values(string Name, string Description, string Path, string Methods, string Size, string SizeUnit, string PerMinute, string PerSecond, bool Enabled, string Sender)
    {
        public static Values Empty { get; } = new("", "", "", "POST", "", "", "", "", true, new SenderFormState().Snapshot());
    }
}
