using System.Text.Json;
using TriggerConsole.Core.Callbacks.Verification;
using TriggerConsole.Core.Secrets;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Callbacks;

/// <summary>A callback as people and programs describe it. What an update leaves out stays as it is.</summary>
public sealed record CallbackInput
{
    public const int MostRequests = 10_000_000;

    private static readonly string[] s_methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

    public string? Name { get; init; }

    public string? Description { get; init; }

    /// <summary>Path below <c>/api/trigger/custom/</c>; an empty text takes it away.</summary>
    public string? Path { get; init; }

    /// <summary>Allowed request methods. Default: POST.</summary>
    public IReadOnlyList<string>? Methods { get; init; }

    public bool? Enabled { get; init; }

    /// <summary>Largest body in bytes; 0 for the installation's limit.</summary>
    public int? MaxBodyBytes { get; init; }

    /// <summary>Requests in any minute; 0 for the installation's limit.</summary>
    public int? LimitPerMinute { get; init; }

    /// <summary>Requests within one second; 0 for any number.</summary>
    public int? LimitPerSecond { get; init; }

    /// <summary>How senders are checked; secret fields that are left out stay as they are.</summary>
    public CallbackVerification? Verification { get; init; }

    /// <summary>Networks that requests may come from, in CIDR notation; an empty list lets all in.</summary>
    public IReadOnlyList<string>? AllowedNetworks { get; init; }

    public int? Version { get; init; }

    public static IReadOnlyList<string> AllMethods => s_methods;

    internal void ApplyTo(Callback callback, FieldErrors errors)
    {
        if (Name is not null)
        {
            callback.Name = Name.Trim();
            if (callback.Name.Length is 0 or > Callback.MaxNameLength) errors.Add("name", $"Give the callback a name of 1 to {Callback.MaxNameLength} characters.");
            OneLine.Check(callback.Name, errors);
        }
        if (Description is not null)
        {
            callback.Description = Description.Trim();
            if (callback.Description.Length > Callback.MaxDescriptionLength) errors.Add("description", $"Use at most {Callback.MaxDescriptionLength:N0} characters.");
        }
        if (Path is not null)
        {
            var path = Path.Trim().Trim('/').ToLowerInvariant();
            callback.Path = path.Length == 0 ? null : path;
            if (!IsPath(path)) errors.Add("path", $"Use letters, digits, '-', '_', '.' and '/' between parts, at most {Callback.MaxPathLength} characters, for example shop/orders.");
        }
        if (Methods is not null)
        {
            var methods = Methods.Select(m => (m ?? "").Trim().ToUpperInvariant()).Distinct().ToList();
            callback.Methods = string.Join(',', methods);
            if (methods.Count == 0) errors.Add("methods", "Allow at least one method, for example POST.");
            for (var i = 0; i < methods.Count; i++)
                if (!s_methods.Contains(methods[i])) errors.Add($"methods[{i}]", $"Use {string.Join(", ", s_methods)}.");
        }
        callback.Enabled = Enabled ?? callback.Enabled;
        if (MaxBodyBytes is { } bytes)
        {
            callback.MaxBodyBytes = bytes == 0 ? null : bytes;
            if (bytes is < 0 or > IngressOptions.MaxBodyBytesLimit) errors.Add("maxBodyBytes", $"Give a size from 0 (the installation's limit) to {IngressOptions.MaxBodyBytesLimit:N0} bytes.");
        }
        if (LimitPerMinute is { } perMinute)
        {
            callback.LimitPerMinute = perMinute == 0 ? null : perMinute;
            if (perMinute is < 0 or > MostRequests) errors.Add("limitPerMinute", $"Give a number from 1 to {MostRequests:N0}, or 0 for the installation's limit.");
        }
        if (LimitPerSecond is { } perSecond)
        {
            callback.LimitPerSecond = perSecond == 0 ? null : perSecond;
            if (perSecond is < 0 or > MostRequests) errors.Add("limitPerSecond", $"Give a number from 1 to {MostRequests:N0}, or 0 for any number.");
        }
    }

    /// <summary>Checks and takes over how senders are checked and where they may be.</summary>
    internal void ApplyTo(Callback callback, CallbackGuards guards, DateTimeOffset now, TimeSpan overlap, FieldErrors errors)
    {
        if (AllowedNetworks is not null && Networks.Read(AllowedNetworks, errors) is { } networks) callback.AllowedNetworks = Networks.Join(networks);
        if (Verification is null) return;
        var before = guards.Restore(callback);
        var wanted = Verification.WithoutPrevious;
        if (before?.Kind == wanted.Kind)
        {
            wanted = SecretFields.KeepMissing(wanted, before.WithoutPrevious);
            // A sender cannot change at the same moment
            wanted = before.Current == wanted.Current ? wanted with { Previous = before.Previous, PreviousUntil = before.PreviousUntil }
                : wanted with { Previous = before.Current, PreviousUntil = now + overlap };
        }
        VerificationRules.Check(wanted, errors.Under("verification"));
        if (!errors.Any) guards.Store(callback, wanted);
    }

    private static bool IsPath(string path)
        => path.Length <= Callback.MaxPathLength
            && path.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/')
            && (path.Length == 0 || path.Split('/').All(part => part is not ("" or "." or "..")));
}

/// <summary>A callback as people see it.</summary>
public sealed record CallbackView
{
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    public required string Description { get; init; }

    public string? Path { get; init; }

    public required IReadOnlyList<string> Methods { get; init; }

    public required bool Enabled { get; init; }

    public int? MaxBodyBytes { get; init; }

    /// <summary>Requests in any minute from all senders together; null for the installation's limit.</summary>
    public int? LimitPerMinute { get; init; }

    /// <summary>Of these, how many within one second; null for any number.</summary>
    public int? LimitPerSecond { get; init; }

    /// <summary>The last characters of the token.</summary>
    public required string TokenHint { get; init; }

    /// <summary>Until when the token before the last rotation still works; null when it does not.</summary>
    public DateTimeOffset? PreviousTokenExpiresAt { get; init; }

    /// <summary>How senders are checked, secrets left out.</summary>
    public required JsonElement Verification { get; init; }

    public required IReadOnlyList<string> AllowedNetworks { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public required int Version { get; init; }

    internal static CallbackView Of(Callback callback, CallbackGuards guards, DateTimeOffset now) => new()
    {
        Id = callback.Id,
        Name = callback.Name,
        Description = callback.Description,
        Path = callback.Path,
        Methods = callback.MethodList,
        Enabled = callback.Enabled,
        MaxBodyBytes = callback.MaxBodyBytes,
        LimitPerMinute = callback.LimitPerMinute,
        LimitPerSecond = callback.LimitPerSecond,
        TokenHint = callback.TokenHint,
        PreviousTokenExpiresAt = callback.PreviousTokenExpiresAt > now ? callback.PreviousTokenExpiresAt : null,
        Verification = SecretFields.ToPublicJson(guards.Restore(callback) ?? new()),
        AllowedNetworks = callback.NetworkList,
        CreatedAt = callback.CreatedAt,
        UpdatedAt = callback.UpdatedAt,
        Version = callback.Version,
    };
}

/// <summary>A callback with its token, which is shown this once.</summary>
public sealed record CallbackWithToken(CallbackView Callback, string Token);
