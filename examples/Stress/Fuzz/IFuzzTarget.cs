namespace Fuse.MLNet.Examples.Stress;

/// <summary>Makes mutants of a format and loads them.</summary>
internal interface IFuzzTarget
{
    /// <summary>Loads an unchanged file.</summary>
    void Warm();

    /// <summary>Makes a mutant.</summary>
    Mutant Mutate(SeededRandom random);

    /// <summary>Loads it; an error is the outcome. Whatever happens, the folder is afterwards as it was.</summary>
    void Load(Mutant mutant);
}
