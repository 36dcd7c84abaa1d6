using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using TriggerConsole.Core.Executions;

namespace TriggerConsole.Core.Http;

/// <summary>What is needed to fetch a token with client credentials (RFC 6749, section 4.4).</summary>
internal sealed record OAuthClient(Uri TokenUrl, string ClientId, string ClientSecret, string? Scope, string? Audience, ClientAuthentication Authentication)
{
    // Records print their members
    public override string ToString() => $"{ClientId} at {TokenUrl.Host}";
}

/// <summary>A token, or why there is none.</summary>
internal readonly record struct OAuthResult(OAuthToken? Token, AttemptFailure? Failure);

/// <param name="Value">The access token.</param>
/// <param name="UseUntil">When it is fetched anew: some time before it expires.</param>
internal sealed record OAuthToken(string Value, DateTimeOffset UseUntil)
{
    public override string ToString() => $"token until {UseUntil:O}";
}

/// <summary>
/// Access tokens of all HTTP triggers, kept in memory until shortly before they expire. Triggers with the same credentials share
/// one; however many attempts wait for a token, one call fetches it.
/// </summary>
internal sealed class OAuthTokens(OAuthTokenRequest request, TimeProvider time)
{
    private const int MostEntries = 1000;

    /// <summary>A refusal is passed on for this long without asking again, so that a queue of attempts is not a storm of token calls.</summary>
    internal static readonly TimeSpan RefusalHold = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<Key, Entry> _entries = new();

    /// <summary>A token that can be used now.</summary>
    /// <param name="refused">A token that the target has just refused: not that one again.</param>
    /// <exception cref="OperationCanceledException">The token asked for it. The call itself goes on, for others may wait for it.</exception>
    public async ValueTask<OAuthResult> GetAsync(OAuthClient client, OAuthToken? refused, CancellationToken cancellationToken)
    {
        var key = Key.Of(client);
        if (!_entries.TryGetValue(key, out var entry))
        {
            if (_entries.Count >= MostEntries) RemoveOldest();
            entry = _entries.GetOrAdd(key, static _ => new Entry());
        }
        Task<OAuthResult> running;
        lock (entry)
        {
            var now = time.GetUtcNow();
            entry.LastUse = now;
            if (entry.Token is { } token && token != refused && now < token.UseUntil) return new(token, null);
            if (entry.Failure is { } failure && now < entry.FailureUntil) return new(null, failure);
            running = entry.Running ??= FetchAsync(entry, client);
        }
        return await running.WaitAsync(cancellationToken);
    }

    private async Task<OAuthResult> FetchAsync(Entry entry, OAuthClient client)
    {
        await Task.Yield(); // the caller holds the lock
        OAuthResult result;
        try { result = await request.SendAsync(client); }
        catch (Exception exception) { result = new(null, HttpFailures.From(exception) ?? new(FailureKind.Permanent, HttpFailures.Internal, "The token could not be fetched.")); }
        lock (entry)
        {
            entry.Running = null;
            (entry.Token, entry.Failure) = (result.Token, result.Failure);
            entry.FailureUntil = time.GetUtcNow() + RefusalHold;
        }
        return result;
    }

    private void RemoveOldest()
    {
        foreach (var (key, _) in _entries.OrderBy(e => e.Value.LastUse).Take(MostEntries / 10)) _entries.TryRemove(key, out _);
    }

    private sealed class Entry
    {
        public OAuthToken? Token;
        public AttemptFailure? Failure;
        public DateTimeOffset FailureUntil;
        public DateTimeOffset LastUse;
        public Task<OAuthResult>? Running;
    }

    /// <summary>The secret itself is not kept as a key.</summary>
    private sealed record Key(Uri TokenUrl, string ClientId, string Secret, string? Scope, string? Audience, ClientAuthentication Authentication)
    {
        public static Key Of(OAuthClient client) => new(
            client.TokenUrl, client.ClientId, Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(client.ClientSecret))), client.Scope, client.Audience, client.Authentication);
    }
}
