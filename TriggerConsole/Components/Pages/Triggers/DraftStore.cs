using System.Security.Cryptography;
using Microsoft.AspNetCore.Components.Server.ProtectedBrowserStorage;
using Microsoft.JSInterop;
using TriggerConsole.Components.Pages.Triggers.Forms;

namespace TriggerConsole.Components.Pages.Triggers;

/// <summary>A form that was being edited when the page was left.</summary>
/// <param name="Version">The version it is a change of; null for a new trigger.</param>
/// <param name="Form">Without secrets.</param>
/// <param name="Sample">JSON that was typed to try it with; null for the built-in sample.</param>
public sealed record Draft(int? Version, string Form, string? Sample);

/// <summary>
/// Keeps what is not yet saved through a reload: in the browser's session storage, so it is gone with the tab, encrypted, and
/// never with a secret in it.
/// </summary>
internal sealed class DraftStore(ProtectedSessionStorage storage)
{
    private const string Purpose = "trigger-draft";

    public async Task SaveAsync(string key, TriggerForm form, int? version, SampleState sample)
    {
        try
        {
            await storage.SetAsync(Purpose, Name(key), new Draft(version, form.ToDraft(), sample.IsOwn ? sample.Text : null));
        }
        catch (Exception exception) when (exception is JSException or JSDisconnectedException or TaskCanceledException)
        {
            // Storage is full or forbidden, or the tab is gone: what is on the page still counts
        }
    }

    /// <summary>Null when there is none that can be read.</summary>
    public async Task<Draft?> FindAsync(string key)
    {
        try
        {
            return (await storage.GetAsync<Draft>(Purpose, Name(key))) is { Success: true, Value: { } draft } ? draft : null;
        }
        catch (Exception exception) when (exception is JSException or CryptographicException or System.Text.Json.JsonException or JSDisconnectedException or TaskCanceledException)
        {
            return null;
        }
    }

    public async Task ForgetAsync(string key)
    {
        try
        {
            await storage.DeleteAsync(Name(key));
        }
        catch (Exception exception) when (exception is JSException or JSDisconnectedException or TaskCanceledException)
        {
            // Then it goes with the tab
        }
    }

    private static string Name(string key) => $"{Purpose}:{key}";
}
